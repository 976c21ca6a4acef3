/* How each kind of memory is read that is more than a structure's members. */
#include "tests/lib/parse_parts.h"

#include <string.h>

static const struct form fd_form = {SHAPE_FD, 0};
static const struct form id_form = {SHAPE_ID, 0};
static const struct form int_form = {SHAPE_INT, 0};
static const struct form uint_form = {SHAPE_UINT, 0};
static const struct form caps_form = {SHAPE_WORDS, WORDS_caps};
static const struct form sig_form = {SHAPE_WORDS, WORDS_sig};
static const struct form sa_form = {SHAPE_WORDS, WORDS_sa_flags};
static const struct form ns_form = {SHAPE_WORDS, WORDS_ns_flags};

/* struct open_how and struct mount_attr, as they are known here, and more. */
#define SIZED_LEAST 64

size_t argument_room(const struct call *call, int i)
{
	enum kind kind = sysop_infos[call->op].kinds[i];
	int size = kind_infos[kind].size;

	if (size == COUNTED)
		return call->arg[i + 1];
	if (size == LISTED)
		return (unsigned int)call->arg[i + 1] * sizeof(struct pollfd);
	if (kind == KIND_gids || kind == KIND_out_gids)
		return (unsigned int)call->arg[i - 1] * sizeof(gid_t);
	if (kind == KIND_cap_data || kind == KIND_out_cap_data)
		return 2 * sizeof(struct __user_cap_data_struct);
	return size > 0 ? (size_t)size : 0;
}

static bool one_number(struct scan *s, int i, void *into)
{
	struct numbers *numbers = into;
	uint64_t value;

	uint64_t times;
	int r = scan_again(s, i, NUMBERS_MAX - numbers->n, &times);

	if (r < 0 || (r == 0 && !scan_number(s, numbers->form, &value)))
		return false;
	if (r > 0)
		value = numbers->at[numbers->n - 1];
	while (times-- > 0)
		numbers->at[numbers->n++] = (uint32_t)value;
	return true;
}

bool scan_numbers(struct scan *s, struct numbers *numbers, const struct form *form)
{
	numbers->form = form;
	numbers->n = 0;
	return scan_list(s, one_number, numbers) >= 0;
}

/* At least as long as the call says, and as what is written. */
static bool part_numbers(struct scan *s, int i, const struct form *form)
{
	struct numbers numbers;
	size_t room = argument_room(s->call, i), size;
	void *memory;

	if (!scan_numbers(s, &numbers, form))
		return false;
	size = (size_t)numbers.n * sizeof(*numbers.at);
	memory = scan_alloc(s, size > room ? size : room);
	if (!memory)
		return false;
	memcpy(memory, numbers.at, size);
	s->call->arg[i] = (uintptr_t)memory;
	return true;
}

static bool part_gids(struct scan *s, int i)
{
	return part_numbers(s, i, &id_form);
}

static bool part_int(struct scan *s, int i)
{
	return part_numbers(s, i, &int_form);
}

static bool part_string(struct scan *s, int i)
{
	char *string;
	size_t n;

	if (!scan_string(s, &string, &n, 0))
		return false;
	s->call->arg[i] = (uintptr_t)string;
	return true;
}

static bool part_bytes(struct scan *s, int i)
{
	char *bytes;
	size_t n;

	if (!scan_string(s, &bytes, &n, argument_room(s->call, i)))
		return false;
	s->call->arg[i] = (uintptr_t)bytes;
	return true;
}

/* A structure whose size the call says, and room for all that is known of it. */
static bool part_sized(struct scan *s, int i)
{
	size_t room = argument_room(s->call, i);
	void *memory = scan_alloc(s, room > SIZED_LEAST ? room : SIZED_LEAST);

	s->call->arg[i] = (uintptr_t)memory;
	return memory && scan_fields(s, sysop_infos[s->call->op].kinds[i], memory);
}

/* What a later kernel has behind the members that are known: "{...} + 1" is the last byte. */
static bool part_how(struct scan *s, int i)
{
	size_t room = argument_room(s->call, i);
	uint64_t tail;

	if (!part_sized(s, i))
		return false;
	if (!scan_take(s, "+"))
		return true;
	if (!scan_number(s, &uint_form, &tail) || room <= sizeof(struct open_how))
		return scan_fail(s, "there is no room for more");
	((unsigned char *)s->call->arg[i])[room - 1] = (unsigned char)tail;
	return true;
}

/* A string or bytes, by the command; strace shows what is neither as an address. */
static bool part_fsconfig_value(struct scan *s, int i)
{
	bool is_binary = s->call->arg[1] == FSCONFIG_SET_BINARY;
	int aux = (int)s->call->arg[4];
	uint64_t address;
	char *value;
	size_t n;

	if (!is_binary && scan_take(s, "0x")) {
		s->at -= 2;
		if (!scan_number(s, &uint_form, &address))
			return false;
		s->call->arg[i] = address;
		return true;
	}
	if (!scan_string(s, &value, &n, is_binary && aux > 0 ? (size_t)aux : 0))
		return false;
	s->call->arg[i] = (uintptr_t)value;
	return true;
}

static bool one_pollfd(struct scan *s, int i, void *into)
{
	struct pollfd *fds = into;

	if (i == NUMBERS_MAX)
		return scan_fail(s, "a list as long as this is not read");
	return scan_fields(s, KIND_pollfds, &fds[i]);
}

static bool part_pollfds(struct scan *s, int i)
{
	size_t room = argument_room(s->call, i);
	size_t least = NUMBERS_MAX * sizeof(struct pollfd);
	void *fds = scan_alloc(s, room > least ? room : least);

	s->call->arg[i] = (uintptr_t)fds;
	return fds && scan_list(s, one_pollfd, fds) >= 0;
}

static bool scan_sigset(struct scan *s, uint64_t *set)
{
	struct numbers numbers;

	if (!scan_numbers(s, &numbers, &sig_form))
		return false;
	for (int i = 0; i < numbers.n; i++)
		*set |= UINT64_C(1) << ((numbers.at[i] - 1) & 63);
	return true;
}

static bool part_sigset(struct scan *s, int i)
{
	uint64_t *set = scan_alloc(s, sizeof(*set));

	s->call->arg[i] = (uintptr_t)set;
	return set && scan_sigset(s, set);
}

static bool one_sigaction_member(struct scan *s, const char *name, size_t n, void *into)
{
	struct kernel_sigaction *act = into;
	uint64_t value;

	if (name_is(name, n, "sa_mask"))
		return scan_sigset(s, &act->mask);
	if (name_is(name, n, "sa_handler") &&
	    (scan_take(s, "SIG_DFL") || scan_take(s, "SIG_IGN"))) {
		act->handler = s->at[-1] == 'L' ? SIG_DFL : SIG_IGN;
		return true;
	}
	if (!scan_number(s, name_is(name, n, "sa_flags") ? &sa_form : &uint_form, &value))
		return false;
	if (name_is(name, n, "sa_flags"))
		act->flags = value;
	else if (name_is(name, n, "sa_handler"))
		act->handler = (void (*)(int))(uintptr_t)value;
	else if (name_is(name, n, "sa_restorer"))
		act->restorer = (void (*)(void))(uintptr_t)value;
	else
		return false;
	return true;
}

static bool part_sigaction(struct scan *s, int i)
{
	void *act = scan_alloc(s, sizeof(struct kernel_sigaction));

	s->call->arg[i] = (uintptr_t)act;
	return act && scan_members(s, one_sigaction_member, act);
}

static bool one_cap_member(struct scan *s, const char *name, size_t n, void *into)
{
	struct __user_cap_data_struct *data = into;
	uint64_t value;

	if (!scan_number(s, &caps_form, &value))
		return false;
	for (int i = 0; i < 2; i++, value >>= 32) {
		if (name_is(name, n, "effective"))
			data[i].effective = (uint32_t)value;
		else if (name_is(name, n, "permitted"))
			data[i].permitted = (uint32_t)value;
		else if (name_is(name, n, "inheritable"))
			data[i].inheritable = (uint32_t)value;
		else
			return false;
	}
	return true;
}

static bool part_cap_data(struct scan *s, int i)
{
	void *data = scan_alloc(s, argument_room(s->call, i));

	s->call->arg[i] = (uintptr_t)data;
	return data && scan_members(s, one_cap_member, data);
}

static bool one_spawn_member(struct scan *s, const char *name, size_t n, void *into)
{
	struct spawn_args *args = into;
	struct numbers numbers;
	uint64_t value;

	if (name_is(name, n, "flags"))
		return scan_number(s, &ns_form, &args->flags);
	if (name_is(name, n, "pidfd"))
		return scan_numbers(s, &numbers, &fd_form);
	if (name_is(name, n, "exit_signal")) {
		if (!scan_number(s, &sig_form, &value))
			return false;
		args->exit_signal = (int)value;
		return true;
	}
	if (!name_is(name, n, "cgroup") || !scan_number(s, &fd_form, &value))
		return false;
	args->cgroup = (int)value;
	return true;
}

static bool part_spawn(struct scan *s, int i)
{
	struct spawn_args *args = scan_alloc(s, sizeof(*args));

	s->call->arg[i] = (uintptr_t)args;
	if (!args)
		return false;
	args->pidfd = scan_alloc(s, sizeof(*args->pidfd));
	return args->pidfd && scan_members(s, one_spawn_member, args);
}

part_scanner *const part_scanners[N_KINDS] = {
	[KIND_sigset] = part_sigset,	 [KIND_in_char] = part_bytes,
	[KIND_prog] = part_prog,	 [KIND_seccomp_action] = part_action,
	[KIND_path] = part_string,	 [KIND_str] = part_string,
	[KIND_in_bytes] = part_bytes,	 [KIND_how] = part_how,
	[KIND_mount_attr] = part_sized,	 [KIND_fsconfig_value] = part_fsconfig_value,
	[KIND_gids] = part_gids,	 [KIND_in_int] = part_int,
	[KIND_pollfds] = part_pollfds,	 [KIND_in_msg] = part_in_msg,
	[KIND_out_msg] = part_out_msg,	 [KIND_sigaction] = part_sigaction,
	[KIND_cap_data] = part_cap_data, [KIND_argv] = part_strings,
	[KIND_envp] = part_strings,	 [KIND_spawn] = part_spawn,
};
