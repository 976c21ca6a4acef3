/* Text to calls: the printer's inverse, and what is taken and refused beyond it. */
#include "tests/lib/parse.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stdio.h>
#include <string.h>

#include "core/kernel/forms.h"
#include "core/kernel/print.h"
#include "tests/lib/check.h"

static char memory[1 << 20];

/* Parses a line and prints the call. */
static const char *again(const char *line)
{
	static char printed[1 << 16];
	struct text text;
	struct arena arena;
	struct parsed parsed;
	struct parse_error error = {0};

	text_init(&text, printed, sizeof(printed));
	arena_init(&arena, memory, sizeof(memory));
	if (call_parse(&parsed, line, &arena, &error) == 0)
		call_print(&text, &parsed.call, NULL);
	else
		text_addf(&text, "%zu: %s", error.at, error.why);
	return text.at;
}

/* What the printer writes of a call that is yet to be made comes back as it was. */
static void printed_calls_are_read(void **state)
{
	static const char *const lines[] = {
		"mount(\"tmpfs\", \"/a b\", \"tmpfs\", MS_NOSUID|0x10000000000, \"mode=755\")",
		"mount(NULL, \"/\", NULL, MS_REC|MS_SLAVE, NULL)",
		"openat(AT_FDCWD, \"/x\\n\\\"\\\\\\033\\377\", O_RDONLY|O_CLOEXEC, 0)",
		"openat2(5, \"etc\", {flags=O_RDONLY|O_PATH, mode=0, resolve=RESOLVE_IN_ROOT}, "
		"24)",
		"mknodat(4, \"null\", S_IFCHR|0666, makedev(1, 3))",
		"fchown(-EBADF, 1000, -1)",
		"umask(022)",
		"write(1, \"a\\000b\", 3)",
		"read(3, buf, 100)",
		"pipe2(fds, O_CLOEXEC)",
		"getpid()",
		"clone3({flags=CLONE_NEWNS|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=4})",
		"waitid(P_PID, 3, info, WEXITED)",
		"waitid(P_PID, 3, NULL, WEXITED)",
		"sendmsg(7, {iov=[\"hello\", \"\"], rights=[3, 4]}, MSG_NOSIGNAL)",
		"recvmsg(7, {iov=[5, 100], control=24}, MSG_DONTWAIT)",
		"ppoll([{fd=4, events=POLLIN}, {fd=-1, events=0}], 2, {tv_sec=1, tv_nsec=0})",
		"setgroups(2, [1, 4294967294])",
		"capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, "
		"{effective=CAP_KILL|CAP_BPF, permitted=0x1ffffffffff, inheritable=0})",
		"rt_sigaction(SIGCHLD, {sa_handler=SIG_IGN, sa_mask=[SIGINT, 0x40], "
		"sa_flags=SA_RESTART|SA_RESTORER, sa_restorer=0x123}, old)",
		"open_tree(AT_FDCWD, \"/a\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE)",
		"move_mount(3, \"\", AT_FDCWD, \"/b\", "
		"MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_BENEATH)",
		"fsopen(\"tmpfs\", FSOPEN_CLOEXEC)",
		"fsconfig(3, FSCONFIG_SET_FLAG, \"ro\", NULL, 0)",
		"fsconfig(3, FSCONFIG_SET_STRING, \"size\", \"1m\", 0)",
		"fsconfig(3, FSCONFIG_SET_BINARY, \"x\", \"a\\000b\", 3)",
		"fsconfig(3, FSCONFIG_SET_PATH, \"x\", \"/a\", AT_FDCWD)",
		"fsconfig(3, FSCONFIG_SET_FD, \"x\", 0x1000, 7)",
		"fsconfig(3, FSCONFIG_CMD_CREATE_EXCL, NULL, NULL, 0)",
		"fsmount(3, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY|MOUNT_ATTR__ATIME)",
		"fspick(4, \"\", FSPICK_EMPTY_PATH)",
		"mount_setattr(5, \"\", AT_EMPTY_PATH|AT_RECURSIVE, "
		"{attr_set=MOUNT_ATTR_IDMAP, attr_clr=MOUNT_ATTR_NOATIME, "
		"propagation=MS_PRIVATE, userns_fd=4}, 32)",
		"execveat(3, \"\", [\"sh\", \"-c\"], [], AT_EMPTY_PATH)",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_string_equal(again(lines[i]), lines[i]);
}

static void what_people_and_strace_write_is_read(void **state)
{
	static const struct {
		const char *line, *means;
	} lines[] = {
		{"  mkdirat( -100 ,\"a\",0x1ed ) ", "mkdirat(AT_FDCWD, \"a\", 0755)"},
		{"[2] mkdirat(4</srv/\"a, b)>, \"a\", 493) = 0", "mkdirat(4, \"a\", 0755)"},
		{"mknodat(3, \"n\", S_IFCHR|0666, makedev(0x1, 0x3)) = 0",
		 "mknodat(3, \"n\", S_IFCHR|0666, makedev(1, 3))"},
		{"mount(0, \"/\", 0, 0, 0)", "mount(NULL, \"/\", NULL, 0, NULL)"},
		{"pipe2(0)", "pipe2(fds, 0)"},
		{"pipe2([3, 4], O_CLOEXEC) = 0", "pipe2(fds, O_CLOEXEC)"},
		{"read(3, \"abc\"..., 10) = 3", "read(3, buf, 10)"},
		{"statx(3, \"\", AT_EMPTY_PATH, STATX_INO, {stx_ino=7, ...}) = 0",
		 "statx(3, \"\", AT_EMPTY_PATH, STATX_INO, out)"},
		{"statx(3, \"\", 0, STATX_INO)", "statx(3, \"\", 0, STATX_INO, out)"},
		{"openat2(3, \"a\", {resolve=RESOLVE_BENEATH}, 24)",
		 "openat2(3, \"a\", {flags=O_RDONLY, mode=0, resolve=RESOLVE_BENEATH}, 24)"},
		{"recvmsg(3, {iov=[\"abcd\"], rights=[4]}, 0) = 4",
		 "recvmsg(3, {iov=[4], control=24}, 0)"},
		{"clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD, pidfd=[4]}) = 9",
		 "clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD})"},
		{"write(1, \"\\x41\\1\\r\", 3)", "write(1, \"A\\001\\015\", 3)"},
		{"exit_group(1) = ?", "exit_group(1)"},
		{"mount(0x1, \"/\", 0, 0, 0)", "mount(0x1, \"/\", NULL, 0, NULL)"},
		{"write(1, \"ab\"*2, 4)", "write(1, \"abab\", 4)"},
		{"setgroups(3, [1, *2])", "setgroups(3, [1, 1, 1])"},
		{"execveat(3, \"\", [\"a\", *1, \"b\"], [], 0)",
		 "execveat(3, \"\", [\"a\", \"a\", \"b\"], [], 0)"},
		{"recvmsg(3, {iov=[4, *1]}, 0)", "recvmsg(3, {iov=[4, 4]}, 0)"},
		{"sendmsg(3, {iov=[\"a\"], name=\"n\", rights=[4], cmsg_len=15}, 0)",
		 "sendmsg(3, {iov=[\"a\"], control=24}, 0)"},
		{"sendmsg(3, {iov=[\"a\"], rights=[4], cmsg_type=9}, 0)",
		 "sendmsg(3, {iov=[\"a\"], control=24}, 0)"},
		{"openat2(3, \"a\", {flags=O_RDONLY} + 1, 32)",
		 "openat2(3, \"a\", {flags=O_RDONLY, mode=0, resolve=0}, 32)"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_string_equal(again(lines[i].line), lines[i].means);
}

static void what_is_no_call_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *line, *why;
	} lines[] = {
		{"", "0: no call has this name"},
		{"setgroups(2, [*2])", "14: a number is missing here"},
		{"setgroups(2, [1, *x])", "18: this word is not known here"},
		{"setgroups(2, [1, *256])", "21: a list as long as this is not read"},
		{"openat2(3, \"a\", {} + 1, 24)", "22: there is no room for more"},
		{"sendmsg(3, {cmsg_len=1}, 0)", "21: rights= comes first"},
		{"frobnicate(1)", "0: no call has this name"},
		{"[x] close(1)", "1: a number is missing here"},
		{"close 1", "6: ( is missing here"},
		{"close(1", "6: there is no end to the arguments"},
		{"close(\"1)", "6: there is no end to the arguments"},
		{"close()", "7: too few or too many arguments"},
		{"close(1, 2)", "11: too few or too many arguments"},
		{"close(1 2)", "8: this argument goes on where it should end"},
		{"close(1) 2", "9: the line goes on after the call"},
		{"close(x)", "6: this word is not known here"},
		{"close(1x)", "6: this is no number"},
		{"chdir(NULLx)", "10: this argument goes on where it should end"},
		{"chdir(\"abc\"...)", "14: the string was cut"},
		{"chdir(\"\\q\")", "8: this escape is not known"},
		{"chdir(0x1000)", "6: a string in quotes is missing here"},
		{"umount2(\"/a\", MS_BIND)", "14: this word is not known here"},
		{"openat(, \"a\", 0, 0)", "7: an argument is missing here"},
		{"openat2(1, \"a\", {flag=0}, 24)", "22: this structure has no such member"},
		{"setgroups(1, [1)", "12: there is no end to the arguments"},
		{"mknodat(1, \"a\", 0, makedev(1))", "28: makedev(major, minor) is meant"},
		{"read(1, buf, 99999999)", "11: no memory for what this points at"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_string_equal(again(lines[i].line), lines[i].why);
}

static void tasks_and_answers_are_read(void **state)
{
	static const struct {
		const char *line;
		int task, answer;
	} lines[] = {
		{"[2] close(1) = 0", 2, 0},
		{"close(1) = -EBADF", 0, -EBADF},
		{"close(1) = -1 EBADF (Bad file descriptor)", 0, -EBADF},
		{"umask(0) = 022", 0, 022},
		{"fcntl_getfl(1) = O_RDWR|O_APPEND", 0, O_RDWR | O_APPEND},
		{"fcntl_getfd(1) = FD_CLOEXEC", 0, FD_CLOEXEC},
		{"getpgid(1) = 4</a>", 0, 4},
	};
	struct parsed parsed;
	struct parse_error error;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		arena_init(&arena, memory, sizeof(memory));
		assert_int_equal(call_parse(&parsed, lines[i].line, &arena, &error), 0);
		assert_int_equal(parsed.task, lines[i].task);
		assert_true(parsed.answered);
		assert_int_equal(parsed.answer, lines[i].answer);
	}
	assert_int_equal(call_parse(&parsed, "close(1)", &arena, &error), 0);
	assert_false(parsed.answered);
}

/* A small generator: the same numbers in each run. */
static uint64_t random_next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33 ^ *seed << 13;
}

/* Some words of the kind's set, now and then any bits. */
static uint64_t random_number(enum kind kind, uint64_t *seed)
{
	const struct form *form = &kind_forms[kind];
	uint64_t value = 0;

	if (form->shape == SHAPE_WORDS && random_next(seed) % 4 != 0) {
		const struct word_list *list = &word_lists[form->words];

		for (uint64_t n = random_next(seed) % 4; n > 0; n--) {
			const struct word_value *word =
				&list->at[random_next(seed) % (unsigned int)list->n];

			value = (value & ~word->mask) | word->value;
		}
	} else {
		value = random_next(seed) >> random_next(seed) % 64;
	}
	if (kind == KIND_size || kind == KIND_uint || kind == KIND_fsconfig_aux)
		value %= 32;
	return kind_widths[kind] == 4 ? (uint64_t)(int32_t)(uint32_t)value : value;
}

static void *random_memory(struct arena *arena, enum kind kind, uint64_t *seed)
{
	const struct field_list *fields = &kind_fields[kind];
	char *at = arena_alloc(arena, 1024);
	void *strings[] = {at, at + 100, NULL};

	assert_non_null(at);
	for (int i = 0; i < 600; i++)
		at[i] = (char)(random_next(seed) >> 7 | 1);
	if (kind == KIND_path || kind == KIND_str || kind == KIND_fsconfig_value)
		at[random_next(seed) % 80] = '\0';
	if (kind == KIND_argv || kind == KIND_envp) {
		at[99] = at[199] = '\0';
		return memcpy(arena_alloc(arena, sizeof(strings)), strings, sizeof(strings));
	}
	if (kind == KIND_in_msg || kind == KIND_out_msg || kind == KIND_spawn ||
	    kind == KIND_sigaction || kind == KIND_prog)
		return NULL; /* their forms have lines of their own above */
	for (int i = 0; i < fields->n && kind != KIND_pollfds; i++)
		if (fields->at[i].form.shape == SHAPE_WORDS &&
		    fields->at[i].form.words == WORDS_cap_version)
			memset(at + fields->at[i].offset, 0, fields->at[i].size);
	return at;
}

static void random_call(struct call *call, enum sysop op, struct arena *arena, uint64_t *seed)
{
	const struct sysop_info *info = &sysop_infos[op];

	*call = (struct call){.op = op};
	for (int i = 0; i < info->n_args; i++) {
		enum kind kind = info->kinds[i];

		if (kind_forms[kind].shape != SHAPE_NONE)
			call->arg[i] = random_number(kind, seed);
		else if (random_next(seed) % 8 != 0)
			call->arg[i] = (uintptr_t)random_memory(arena, kind, seed);
	}
	if (op == OP_getgroups)
		call->arg[0] %= 32;
	if (op == OP_openat2)
		call->arg[3] = sizeof(struct open_how);
	if (op == OP_mount_setattr)
		call->arg[4] = sizeof(struct mount_attr);
}

/* Numbers are what they were, and the text of the memory is. */
static void any_call_of_any_row_is_read_as_it_was_printed(void **state)
{
	static char first[1 << 16];
	static char made[1 << 16];
	struct arena arena, making;
	struct text text;
	struct call call;
	struct parsed parsed;
	struct parse_error error = {0};
	uint64_t seed = 1;

	(void)state;
	for (int n = 0; n < 200 * N_SYSOPS; n++) {
		arena_init(&making, made, sizeof(made));
		arena_init(&arena, memory, sizeof(memory));
		random_call(&call, (enum sysop)(n % N_SYSOPS), &making, &seed);
		text_init(&text, first, sizeof(first));
		call_print(&text, &call, NULL);
		if (call_parse(&parsed, first, &arena, &error) != 0)
			fail_msg("%s\nat %zu: %s", first, error.at, error.why);
		assert_string_equal(again(first), first);
		assert_int_equal(parsed.call.op, call.op);
		for (int i = 0; i < sysop_infos[call.op].n_args; i++)
			if (kind_forms[sysop_infos[call.op].kinds[i]].shape != SHAPE_NONE)
				assert_int_equal(parsed.call.arg[i], call.arg[i]);
	}
}

/* By pointers that no random call has: programs, actions, values of superblocks. */
static void filters_are_read_as_they_are_printed(void **state)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 16, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {.len = 4, .filter = filter}, none = {.len = 3};
	const uint32_t action = SECCOMP_RET_LOG;
	const struct call calls[] = {
		{.op = OP_seccomp_set_mode_filter, .arg = {0, (uintptr_t)&prog}},
		{.op = OP_seccomp_get_action_avail, .arg = {0, (uintptr_t)&action}},
		{.op = OP_fsconfig,
		 .arg = {3, FSCONFIG_SET_STRING, (uintptr_t) "key", (uintptr_t) "value", 0}},
	};
	const struct call empty = {.op = OP_seccomp_set_mode_filter,
				   .arg = {0, (uintptr_t)&none}};
	const struct print_style hiding = {.hide_values = true};
	struct parse_error error = {0};
	struct parsed parsed;
	char first[512];
	struct text text;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		arena_init(&arena, memory, sizeof(memory));
		text_init(&text, first, sizeof(first));
		call_print(&text, &calls[i], NULL);
		assert_int_equal(call_parse(&parsed, first, &arena, &error), 0);
		assert_string_equal(again(first), first);
	}
	text_init(&text, first, sizeof(first));
	call_print(&text, &empty, NULL);
	assert_string_equal(first, "seccomp_set_mode_filter(0, {len=3, filter=NULL})");
	text_init(&text, first, sizeof(first));
	call_print(&text, &calls[2], &hiding);
	assert_null(strstr(first, "value"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printed_calls_are_read),
		cmocka_unit_test(what_people_and_strace_write_is_read),
		cmocka_unit_test(what_is_no_call_is_refused_with_its_place),
		cmocka_unit_test(tasks_and_answers_are_read),
		cmocka_unit_test(any_call_of_any_row_is_read_as_it_was_printed),
		cmocka_unit_test(filters_are_read_as_they_are_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
