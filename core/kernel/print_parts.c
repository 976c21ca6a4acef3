/* How each kind of memory is printed that is more than a structure's members. */
#include "core/kernel/print_parts.h"

#include <string.h>

static const struct form fd_form = {SHAPE_FD, 0};
static const struct form id_form = {SHAPE_ID, 0};
static const struct form int_form = {SHAPE_INT, 0};
static const struct form caps_form = {SHAPE_WORDS, WORDS_caps};
static const struct form sig_form = {SHAPE_WORDS, WORDS_sig};
static const struct form hex_form = {SHAPE_HEX, 0};

/* Numbers of four bytes, as [1, 2]. */
static void numbers_add(struct printer *p, const struct form *form, const void *numbers,
			size_t n)
{
	const uint32_t *at = numbers;

	text_add_char(p->t, '[');
	for (size_t i = 0; i < n && list_separate(p, i); i++)
		number_add(p, form, at[i], sizeof(*at));
	text_add_char(p->t, ']');
}

/* Options that tell nothing which must be kept: see tmpfs(5), proc(5), mount(8), overlayfs. */
static bool option_is_plain(const char *option, size_t n)
{
	static const char *const plain[] = {
		"mode",	    "size",	   "uid",	"gid",	  "nr_inodes", "nr_blocks",
		"ptmxmode", "max",	   "hidepid",	"subset", "lowerdir",  "upperdir",
		"workdir",  "newinstance", "userxattr", "source", "volatile",
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (strlen(plain[i]) == n && strncmp(plain[i], option, n) == 0)
			return true;
	return false;
}

/* "name="...(length of the value) */
static void hidden_add(struct printer *p, const char *s, size_t n, size_t shown)
{
	bytes_add(p, s, shown);
	if (n > shown)
		text_addf(p->t, "...(%zu)", n - shown);
}

static size_t name_length(const char *s, size_t n)
{
	const char *equals = memchr(s, '=', n);

	return equals ? (size_t)(equals - s) : n;
}

/* One unknown option hides itself and what follows it. */
static void data_add(struct printer *p, const char *data)
{
	size_t n = strlen(data);
	size_t at = 0;

	while (at < n) {
		size_t length = strcspn(data + at, ",");
		size_t name = name_length(data + at, length);

		if (name < length && !option_is_plain(data + at, name)) {
			hidden_add(p, data, n, at + name + 1);
			return;
		}
		at += length + (data[at + length] == ',');
	}
	string_add(p, data);
}

static void print_string(struct printer *p, int i)
{
	const char *s = printer_pointer(p, i);

	if (p->style->hide_values && p->call->op == OP_mount && i == 4)
		data_add(p, s);
	else
		string_add(p, s);
}

/* What a file holds may be anybody's secret; what other calls take is a name. */
static void content_add(struct printer *p, int i, size_t n)
{
	bool hide = p->style->hide_values &&
		    (p->call->op == OP_read || p->call->op == OP_write);

	if (hide)
		hidden_add(p, printer_pointer(p, i), n, 0);
	else
		bytes_add(p, printer_pointer(p, i), n);
}

static void print_in_bytes(struct printer *p, int i)
{
	content_add(p, i, p->call->arg[i + 1]);
}

static void print_out_bytes(struct printer *p, int i)
{
	size_t n = (size_t)p->r;

	/* getcwd(2) counts the zero byte. */
	if (p->call->op == OP_getcwd && n > 0)
		n--;
	content_add(p, i, n);
}

static void print_dirents(struct printer *p, int i)
{
	const char *at = printer_pointer(p, i);
	const char *end = at + p->r;
	const struct kernel_dirent *entry;

	text_add_char(p->t, '[');
	for (size_t n = 0; at < end && list_separate(p, n); n++) {
		entry = (const struct kernel_dirent *)at;
		string_add(p, entry->d_name);
		at += entry->d_reclen;
	}
	text_add_char(p->t, ']');
}

/* A structure that is shorter than ours ends in zeros, one that is longer too, or E2BIG. */
static void print_sized(struct printer *p, int i)
{
	union {
		struct open_how how;
		struct mount_attr attr;
	} ours = {0};
	size_t size = p->call->arg[i + 1];

	memcpy(&ours, printer_pointer(p, i), size < sizeof(ours) ? size : sizeof(ours));
	fields_add(p, sysop_infos[p->call->op].kinds[i], &ours);
}

/* What the command makes of it: fs/fsopen.c:fsconfig(). */
static void print_fsconfig_value(struct printer *p, int i)
{
	const char *value = printer_pointer(p, i);
	const char *key = (const char *)p->call->arg[2];
	int aux = (int)p->call->arg[4];

	switch (p->call->arg[1]) {
	case FSCONFIG_SET_STRING:
		if (p->style->hide_values && key && !option_is_plain(key, strlen(key)))
			hidden_add(p, value, strlen(value), 0);
		else
			string_add(p, value);
		break;
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		string_add(p, value);
		break;
	case FSCONFIG_SET_BINARY:
		bytes_add(p, value, aux > 0 ? (size_t)aux : 0);
		break;
	default:
		number_add(p, &hex_form, (uintptr_t)value, sizeof(value));
	}
}

static void print_gids(struct printer *p, int i)
{
	numbers_add(p, &id_form, printer_pointer(p, i), p->call->arg[i - 1]);
}

/* getgroups(0, ...) counts and writes nothing. */
static void print_out_gids(struct printer *p, int i)
{
	numbers_add(p, &id_form, printer_pointer(p, i),
		    p->call->arg[i - 1] == 0 ? 0 : (size_t)p->r);
}

static void print_id(struct printer *p, int i)
{
	numbers_add(p, &id_form, printer_pointer(p, i), 1);
}

static void print_int(struct printer *p, int i)
{
	numbers_add(p, &int_form, printer_pointer(p, i), 1);
}

static void print_fds(struct printer *p, int i)
{
	numbers_add(p, &fd_form, printer_pointer(p, i), 2);
}

static void member_start(struct printer *p, size_t start, const char *name)
{
	text_addf(p->t, "%s%s=", p->t->len > start ? ", " : "", name);
}

/* What was asked for and given, and what always says something. */
static void print_statx(struct printer *p, int i)
{
	const struct statx *out = printer_pointer(p, i);
	const struct field_list *fields = &kind_fields[KIND_out_statx];
	uint64_t told = out->stx_mask & p->call->arg[3];
	mode_t type = out->stx_mode & S_IFMT;
	size_t start;

	text_add_char(p->t, '{');
	start = p->t->len;
	for (int n = 0; n < fields->n; n++) {
		if (!(fields->at[n].mask & told))
			continue;
		text_add(p->t, p->t->len > start ? ", " : "");
		field_add(p, &fields->at[n], out);
	}
	if (told & STATX_TYPE && (type == S_IFCHR || type == S_IFBLK)) {
		member_start(p, start, "stx_rdev");
		text_addf(p->t, "makedev(%u, %u)", out->stx_rdev_major, out->stx_rdev_minor);
	}
	if (out->stx_attributes & STATX_ATTR_MOUNT_ROOT) {
		member_start(p, start, "stx_attributes");
		words_add(p->t, WORDS_statx_attributes, STATX_ATTR_MOUNT_ROOT);
	}
	text_add_char(p->t, '}');
}

static void print_pollfds(struct printer *p, int i)
{
	const struct field *fields = kind_fields[KIND_pollfds].at;
	const struct pollfd *fds = printer_pointer(p, i);

	text_add_char(p->t, '[');
	for (size_t n = 0; n < (unsigned int)p->call->arg[i + 1] && list_separate(p, n); n++) {
		text_add_char(p->t, '{');
		field_add(p, &fields[0], &fds[n]);
		text_add(p->t, ", ");
		field_add(p, &fields[1], &fds[n]);
		if (p->after && p->r >= 0) {
			text_add(p->t, ", ");
			field_add(p, &fields[2], &fds[n]);
		}
		text_add_char(p->t, '}');
	}
	text_add_char(p->t, ']');
}

static void rights_add(struct printer *p, const struct msghdr *msg)
{
	const struct cmsghdr *control = CMSG_FIRSTHDR(msg);

	if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS ||
	    control->cmsg_len < CMSG_LEN(0) || control->cmsg_len > msg->msg_controllen) {
		text_addf(p->t, ", control=%zu", msg->msg_controllen);
		return;
	}
	text_add(p->t, ", rights=");
	numbers_add(p, &fd_form, CMSG_DATA(control),
		    (control->cmsg_len - CMSG_LEN(0)) / sizeof(int));
}

/* total: how many bytes of the whole there are; -1: show the room instead. */
static void iov_add(struct printer *p, const struct msghdr *msg, long total)
{
	text_add(p->t, "{iov=[");
	for (size_t n = 0; n < msg->msg_iovlen && list_separate(p, n); n++) {
		const struct iovec *iov = &msg->msg_iov[n];
		long length = (long)iov->iov_len < total ? (long)iov->iov_len : total;

		if (total < 0) {
			text_addf(p->t, "%zu", iov->iov_len);
			continue;
		}
		bytes_add(p, iov->iov_base, (size_t)length);
		total -= length;
	}
	text_add_char(p->t, ']');
}

static void print_in_msg(struct printer *p, int i)
{
	const struct msghdr *msg = printer_pointer(p, i);

	iov_add(p, msg, __LONG_MAX__);
	if (msg->msg_controllen > 0)
		rights_add(p, msg);
	text_add_char(p->t, '}');
}

static void print_out_msg(struct printer *p, int i)
{
	const struct msghdr *msg = printer_pointer(p, i);
	bool written = p->after && p->r >= 0;

	iov_add(p, msg, written ? p->r : -1);
	if (msg->msg_controllen > 0 && written)
		rights_add(p, msg);
	else if (msg->msg_controllen > 0)
		text_addf(p->t, ", control=%zu", msg->msg_controllen);
	if (written && msg->msg_flags & ~MSG_CMSG_CLOEXEC) {
		text_add(p->t, ", flags=");
		words_add(p->t, WORDS_msg_flags,
			  (unsigned int)msg->msg_flags & ~(unsigned int)MSG_CMSG_CLOEXEC);
	}
	text_add_char(p->t, '}');
}

/* With WNOHANG and nobody to tell of, si_pid is 0 and the rest means nothing. */
static void print_siginfo(struct printer *p, int i)
{
	const struct field *fields = kind_fields[KIND_out_siginfo].at;
	const siginfo_t *info = printer_pointer(p, i);

	text_add_char(p->t, '{');
	field_add(p, &fields[0], info);
	if (info->si_pid != 0) {
		text_add(p->t, ", ");
		field_add(p, &fields[1], info);
		text_add(p->t, ", si_status=");
		number_add(p, info->si_code == CLD_EXITED ? &int_form : &sig_form,
			   (uint64_t)info->si_status, sizeof(int));
	}
	text_add_char(p->t, '}');
}

static void mask_add(struct printer *p, uint64_t mask)
{
	size_t n = 0;

	text_add_char(p->t, '[');
	for (unsigned int sig = 1; sig <= 64; sig++)
		if (mask & UINT64_C(1) << (sig - 1) && list_separate(p, n++))
			words_add(p->t, WORDS_sig, sig);
	text_add_char(p->t, ']');
}

static void print_sigset(struct printer *p, int i)
{
	const uint64_t *set = printer_pointer(p, i);

	mask_add(p, *set);
}

static void print_sigaction(struct printer *p, int i)
{
	const struct kernel_sigaction *act = printer_pointer(p, i);

	text_add(p->t, "{sa_handler=");
	if (act->handler == SIG_DFL || act->handler == SIG_IGN)
		text_add(p->t, act->handler == SIG_DFL ? "SIG_DFL" : "SIG_IGN");
	else
		number_add(p, &hex_form, (uintptr_t)act->handler, sizeof(uintptr_t));
	text_add(p->t, ", sa_mask=");
	mask_add(p, act->mask);
	text_add(p->t, ", sa_flags=");
	words_add(p->t, WORDS_sa_flags, act->flags);
	if (act->restorer)
		text_addf(p->t, ", sa_restorer=0x%lx", (unsigned long)(uintptr_t)act->restorer);
	text_add_char(p->t, '}');
}

static int n_bits(uint64_t value)
{
	int n = 0;

	for (; value; value &= value - 1)
		n++;
	return n;
}

/* More than eight are easier read as a number. */
static void caps_add(struct printer *p, const char *name, uint64_t caps)
{
	text_addf(p->t, "%s=", name);
	number_add(p, n_bits(caps) > 8 ? &hex_form : &caps_form, caps, sizeof(caps));
}

/* Two elements since version 2 of the header, the low halves first. */
static void print_cap_data(struct printer *p, int i)
{
	const struct __user_cap_header_struct *header = printer_pointer(p, 0);
	const struct __user_cap_data_struct *data = printer_pointer(p, i);
	bool wide = header && header->version != _LINUX_CAPABILITY_VERSION_1;

	text_add_char(p->t, '{');
	caps_add(p, "effective",
		 data[0].effective | (wide ? (uint64_t)data[1].effective << 32 : 0));
	text_add(p->t, ", ");
	caps_add(p, "permitted",
		 data[0].permitted | (wide ? (uint64_t)data[1].permitted << 32 : 0));
	text_add(p->t, ", ");
	caps_add(p, "inheritable",
		 data[0].inheritable | (wide ? (uint64_t)data[1].inheritable << 32 : 0));
	text_add_char(p->t, '}');
}

static void print_char(struct printer *p, int i)
{
	bytes_add(p, printer_pointer(p, i), 1);
}

static void strings_add(struct printer *p, char *const *strings, bool hide)
{
	text_add_char(p->t, '[');
	for (size_t n = 0; strings[n] && list_separate(p, n); n++) {
		size_t length = strlen(strings[n]);
		size_t name = name_length(strings[n], length);

		if (hide)
			hidden_add(p, strings[n], length, name < length ? name + 1 : length);
		else
			string_add(p, strings[n]);
	}
	text_add_char(p->t, ']');
}

static void print_argv(struct printer *p, int i)
{
	strings_add(p, printer_pointer(p, i), false);
}

static void print_envp(struct printer *p, int i)
{
	strings_add(p, printer_pointer(p, i), p->style->hide_values);
}

static void print_spawn(struct printer *p, int i)
{
	const struct spawn_args *args = printer_pointer(p, i);

	text_add(p->t, "{flags=");
	words_add(p->t, WORDS_ns_flags, args->flags);
	text_add(p->t, ", exit_signal=");
	words_add(p->t, WORDS_sig, (unsigned int)args->exit_signal);
	if (args->flags & CLONE_INTO_CGROUP) {
		text_add(p->t, ", cgroup=");
		number_add(p, &fd_form, (uint64_t)args->cgroup, sizeof(int));
	}
	if (args->flags & CLONE_PIDFD && args->pidfd && p->after && p->r >= 0) {
		text_add(p->t, ", pidfd=");
		numbers_add(p, &fd_form, args->pidfd, 1);
	}
	text_add_char(p->t, '}');
}

part_printer *const part_printers[N_KINDS] = {
	[KIND_path] = print_string,
	[KIND_str] = print_string,
	[KIND_in_bytes] = print_in_bytes,
	[KIND_out_bytes] = print_out_bytes,
	[KIND_out_text] = print_out_bytes,
	[KIND_out_dirents] = print_dirents,
	[KIND_how] = print_sized,
	[KIND_mount_attr] = print_sized,
	[KIND_fsconfig_value] = print_fsconfig_value,
	[KIND_gids] = print_gids,
	[KIND_out_gids] = print_out_gids,
	[KIND_out_uid] = print_id,
	[KIND_out_gid] = print_id,
	[KIND_out_statx] = print_statx,
	[KIND_out_fds] = print_fds,
	[KIND_out_int] = print_int,
	[KIND_in_int] = print_int,
	[KIND_pollfds] = print_pollfds,
	[KIND_in_msg] = print_in_msg,
	[KIND_out_msg] = print_out_msg,
	[KIND_out_siginfo] = print_siginfo,
	[KIND_sigaction] = print_sigaction,
	[KIND_out_sigaction] = print_sigaction,
	[KIND_sigset] = print_sigset,
	[KIND_out_sigset] = print_sigset,
	[KIND_in_char] = print_char,
	[KIND_seccomp_action] = print_action,
	[KIND_prog] = print_prog,
	[KIND_cap_data] = print_cap_data,
	[KIND_out_cap_data] = print_cap_data,
	[KIND_argv] = print_argv,
	[KIND_envp] = print_envp,
	[KIND_spawn] = print_spawn,
};
