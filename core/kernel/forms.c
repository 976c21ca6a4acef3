/* How numbers and structures look in text: the tables. */
#include "core/kernel/forms.h"

#include <string.h>

#define SHAPED(name)                                                                           \
	{                                                                                      \
		SHAPE_##name, 0                                                                \
	}
#define WORDED(set)                                                                            \
	{                                                                                      \
		SHAPE_WORDS, WORDS_##set                                                       \
	}

/* clang-format off */
const struct form kind_forms[N_KINDS] = {
	[KIND_fd] = SHAPED(FD),
	[KIND_dirfd] = SHAPED(FD),
	[KIND_int] = SHAPED(INT),
	[KIND_uint] = SHAPED(UINT),
	[KIND_size] = SHAPED(UINT),
	[KIND_off] = SHAPED(INT),
	[KIND_whence] = WORDED(whence),
	[KIND_o_flags] = WORDED(o_flags),
	[KIND_pipe_flags] = WORDED(pipe_flags),
	[KIND_fd_flags] = WORDED(fd_flags),
	[KIND_at_flags] = WORDED(at_flags),
	[KIND_access_flags] = WORDED(access_flags),
	[KIND_access_mode] = WORDED(access_mode),
	[KIND_rename_flags] = WORDED(rename_flags),
	[KIND_close_flags] = WORDED(close_flags),
	[KIND_mode] = SHAPED(MODE),
	[KIND_dev] = SHAPED(DEV),
	[KIND_ms_flags] = WORDED(ms_flags),
	[KIND_umount_flags] = WORDED(umount_flags),
	[KIND_open_tree_flags] = WORDED(open_tree_flags),
	[KIND_move_mount_flags] = WORDED(move_mount_flags),
	[KIND_fsopen_flags] = WORDED(fsopen_flags),
	[KIND_fsconfig_cmd] = WORDED(fsconfig_cmd),
	[KIND_fsconfig_aux] = SHAPED(AUX),
	[KIND_fsmount_flags] = WORDED(fsmount_flags),
	[KIND_mount_attr_flags] = WORDED(mount_attr_flags),
	[KIND_fspick_flags] = WORDED(fspick_flags),
	[KIND_mount_setattr_flags] = WORDED(at_flags),
	[KIND_ns_flags] = WORDED(ns_flags),
	[KIND_uid] = SHAPED(ID),
	[KIND_gid] = SHAPED(ID),
	[KIND_pid] = SHAPED(INT),
	[KIND_sig] = WORDED(sig),
	[KIND_statx_mask] = WORDED(statx_mask),
	[KIND_id_type] = WORDED(id_type),
	[KIND_wait_flags] = WORDED(wait_flags),
	[KIND_sock_domain] = WORDED(sock_domain),
	[KIND_sock_type] = WORDED(sock_type),
	[KIND_msg_flags] = WORDED(msg_flags),
	[KIND_seals] = WORDED(seals),
	[KIND_mfd_flags] = WORDED(mfd_flags),
	[KIND_efd_flags] = WORDED(efd_flags),
	[KIND_sfd_flags] = WORDED(sfd_flags),
	[KIND_sig_how] = WORDED(sig_how),
	[KIND_cap] = WORDED(cap),
	[KIND_securebits] = WORDED(securebits),
	[KIND_resource] = WORDED(resource),
	[KIND_seccomp_flags] = WORDED(seccomp_flags),
};
/* clang-format on */

const size_t kind_widths[N_KINDS] = {
#define KIND(kind, ctype, direction, bytes) [KIND_##kind] = sizeof(ctype),
#include "core/kernel/kinds.def"
#undef KIND
};

#define FIELD_OF(type, member, ...)                                                            \
	{                                                                                      \
#member, offsetof(type, member), sizeof(((type *)0)->member), __VA_ARGS__      \
	}

static const struct field how_fields[] = {
	FIELD_OF(struct open_how, flags, WORDED(o_flags), 0),
	FIELD_OF(struct open_how, mode, SHAPED(MODE), 0),
	FIELD_OF(struct open_how, resolve, WORDED(resolve), 0),
};
static const struct field mount_attr_fields[] = {
	FIELD_OF(struct mount_attr, attr_set, WORDED(mount_attr_flags), 0),
	FIELD_OF(struct mount_attr, attr_clr, WORDED(mount_attr_flags), 0),
	FIELD_OF(struct mount_attr, propagation, WORDED(ms_flags), 0),
	FIELD_OF(struct mount_attr, userns_fd, SHAPED(AUX), 0),
};
static const struct field winsize_fields[] = {
	FIELD_OF(struct winsize, ws_row, SHAPED(UINT), 0),
	FIELD_OF(struct winsize, ws_col, SHAPED(UINT), 0),
	FIELD_OF(struct winsize, ws_xpixel, SHAPED(UINT), 0),
	FIELD_OF(struct winsize, ws_ypixel, SHAPED(UINT), 0),
};
static const struct field ifreq_fields[] = {
	FIELD_OF(struct ifreq, ifr_name, SHAPED(STRING), 0),
	FIELD_OF(struct ifreq, ifr_flags, WORDED(if_flags), 0),
};
static const struct field termios_fields[] = {
	FIELD_OF(struct kernel_termios, c_iflag, SHAPED(HEX), 0),
	FIELD_OF(struct kernel_termios, c_oflag, SHAPED(HEX), 0),
	FIELD_OF(struct kernel_termios, c_cflag, SHAPED(HEX), 0),
	FIELD_OF(struct kernel_termios, c_lflag, SHAPED(HEX), 0),
	FIELD_OF(struct kernel_termios, c_line, SHAPED(UINT), 0),
	FIELD_OF(struct kernel_termios, c_cc, SHAPED(BYTES), 0),
};
static const struct field timespec_fields[] = {
	FIELD_OF(struct timespec, tv_sec, SHAPED(INT), 0),
	FIELD_OF(struct timespec, tv_nsec, SHAPED(INT), 0),
};
static const struct field cap_header_fields[] = {
	FIELD_OF(struct __user_cap_header_struct, version, WORDED(cap_version), 0),
	FIELD_OF(struct __user_cap_header_struct, pid, SHAPED(INT), 0),
};
static const struct field statfs_fields[] = {
	FIELD_OF(struct statfs, f_type, WORDED(fs_magic), 0),
	FIELD_OF(struct statfs, f_namelen, SHAPED(UINT), 0),
	FIELD_OF(struct statfs, f_flags, WORDED(st_flags), 0),
};
static const struct field utsname_fields[] = {
	FIELD_OF(struct utsname, sysname, SHAPED(STRING), 0),
	FIELD_OF(struct utsname, nodename, SHAPED(STRING), 0),
	FIELD_OF(struct utsname, release, SHAPED(STRING), 0),
};
/* Times and blocks are left out: they say nothing of what this program does. */
static const struct field statx_fields[] = {
	FIELD_OF(struct statx, stx_mode, SHAPED(MODE), STATX_TYPE | STATX_MODE),
	FIELD_OF(struct statx, stx_nlink, SHAPED(UINT), STATX_NLINK),
	FIELD_OF(struct statx, stx_uid, SHAPED(ID), STATX_UID),
	FIELD_OF(struct statx, stx_gid, SHAPED(ID), STATX_GID),
	FIELD_OF(struct statx, stx_ino, SHAPED(UINT), STATX_INO),
	FIELD_OF(struct statx, stx_size, SHAPED(UINT), STATX_SIZE),
	FIELD_OF(struct statx, stx_mnt_id, SHAPED(UINT), STATX_MNT_ID),
};
static const struct field pollfd_fields[] = {
	FIELD_OF(struct pollfd, fd, SHAPED(FD), 0),
	FIELD_OF(struct pollfd, events, WORDED(poll_events), 0),
	FIELD_OF(struct pollfd, revents, WORDED(poll_events), 0),
};
static const struct field siginfo_fields[] = {
	FIELD_OF(siginfo_t, si_pid, SHAPED(INT), 0),
	FIELD_OF(siginfo_t, si_code, WORDED(si_code), 0),
	FIELD_OF(siginfo_t, si_status, SHAPED(INT), 0),
};
static const struct field flock_fields[] = {
	FIELD_OF(struct flock, l_type, WORDED(lock_type), 0),
	FIELD_OF(struct flock, l_whence, WORDED(whence), 0),
	FIELD_OF(struct flock, l_start, SHAPED(INT), 0),
	FIELD_OF(struct flock, l_len, SHAPED(INT), 0),
	FIELD_OF(struct flock, l_pid, SHAPED(INT), 0),
};
static const struct field rlimit_fields[] = {
	FIELD_OF(struct rlimit64, rlim_cur, SHAPED(ID), 0),
	FIELD_OF(struct rlimit64, rlim_max, SHAPED(ID), 0),
};

#define FIELDS(kind, fields) [KIND_##kind] = {fields, sizeof(fields) / sizeof(*(fields))}

const struct field_list kind_fields[N_KINDS] = {
	FIELDS(how, how_fields),
	FIELDS(mount_attr, mount_attr_fields),
	FIELDS(winsize, winsize_fields),
	FIELDS(out_winsize, winsize_fields),
	FIELDS(ifreq, ifreq_fields),
	FIELDS(termios, termios_fields),
	FIELDS(out_termios, termios_fields),
	FIELDS(timespec, timespec_fields),
	FIELDS(cap_header, cap_header_fields),
	FIELDS(out_statfs, statfs_fields),
	FIELDS(out_utsname, utsname_fields),
	FIELDS(out_statx, statx_fields),
	FIELDS(pollfds, pollfd_fields),
	FIELDS(out_siginfo, siginfo_fields),
	FIELDS(flock, flock_fields),
	FIELDS(rlimit, rlimit_fields),
	FIELDS(out_rlimit, rlimit_fields),
};

uint64_t field_get(const struct field *field, const void *base)
{
	const char *at = (const char *)base + field->offset;
	uint64_t value = 0;

	memcpy(&value, at, field->size < sizeof(value) ? field->size : sizeof(value));
	return value;
}

void field_set(const struct field *field, void *base, uint64_t value)
{
	memcpy((char *)base + field->offset, &value,
	       field->size < sizeof(value) ? field->size : sizeof(value));
}
