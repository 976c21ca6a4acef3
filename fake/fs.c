/* The table of filesystem types, and what statfs(2) says of each. */
#include "fake/fs.h"

#include "fake/cred.h"

#include <string.h>

int fs_reuse_sb(struct fake *f, struct fs_context *fc, struct super_block *sb,
		struct super_block **out)
{
	if (fc->is_exclusive) {
		fc_log(f, fc, 'w', "%s: reusing existing filesystem not allowed",
		       fc->type->name);
		return refuse(f, RULE_FSCONFIG_REUSED);
	}
	*out = sb_get(sb);
	return 0;
}

static int unmodelled_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	/* A world may say that it is there. */
	if (is_no_call(f)) {
		*out = memory_sb_new(f, fc->type, fc->user_ns, 0755);
		(*out)->flags = fc->sb_flags;
		return 0;
	}
	return fake_stop(f, "fake: mounting a %s is not modelled", fc->type->name);
}

/* A world may say whatever it likes of what it is told nothing of. */
static int unmodelled_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	if (is_no_call(f))
		return 0;
	return fake_stop(f, "fake: %s with %s= is not modelled", fc->type->name, o->key);
}

/* Known to Linux; here only as what a world says is mounted. */
#define UNMODELLED(type_name, type_flags)                                                      \
	{                                                                                      \
		.name = type_name, .flags = type_flags, .get_tree = unmodelled_get_tree,       \
		.parse_param = unmodelled_param, .kill_sb = memory_kill_sb,                    \
	}

/* Registered, so that their names are known; graft_tree() refuses them. */
static int internal_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	*out = memory_sb_new(f, fc->type, fc->user_ns, 0755);
	(*out)->flags = fc->sb_flags | (unsigned long)MS_NOUSER;
	return 0;
}

#define INTERNAL(type_name)                                                                    \
	{                                                                                      \
		.name = type_name, .flags = FS_NODEV, .get_tree = internal_get_tree,           \
		.kill_sb = memory_kill_sb,                                                     \
	}

static const struct fs_type unmodelled[] = {
	UNMODELLED("9p", FS_NODEV),
	UNMODELLED("autofs", FS_NODEV),
	UNMODELLED("binfmt_misc", FS_NODEV),
	UNMODELLED("bpf", FS_USERNS_MOUNT | FS_NODEV),
	UNMODELLED("btrfs", 0),
	UNMODELLED("cgroup", FS_USERNS_MOUNT | FS_NODEV),
	UNMODELLED("cgroup2", FS_USERNS_MOUNT | FS_NODEV),
	UNMODELLED("configfs", FS_NODEV),
	UNMODELLED("debugfs", FS_NODEV),
	UNMODELLED("efivarfs", FS_NODEV),
	UNMODELLED("ext2", 0),
	UNMODELLED("ext3", 0),
	UNMODELLED("ext4", 0),
	UNMODELLED("fuse", FS_USERNS_MOUNT | FS_NODEV),
	UNMODELLED("fuseblk", 0),
	UNMODELLED("hugetlbfs", FS_NODEV),
	UNMODELLED("iso9660", 0),
	UNMODELLED("nfs", FS_NODEV),
	UNMODELLED("nfs4", FS_NODEV),
	UNMODELLED("overlay", FS_USERNS_MOUNT | FS_NODEV),
	INTERNAL("pipefs"),
	UNMODELLED("pstore", FS_NODEV),
	UNMODELLED("rpc_pipefs", FS_NODEV),
	UNMODELLED("securityfs", FS_NODEV),
	INTERNAL("sockfs"),
	UNMODELLED("squashfs", 0),
	UNMODELLED("tracefs", FS_NODEV),
	UNMODELLED("vfat", 0),
	UNMODELLED("virtiofs", FS_NODEV),
	UNMODELLED("xfs", 0),
	UNMODELLED("zfs", FS_NODEV),
};

static const struct fs_type *const modelled[] = {
	&devpts_fs_type, &devtmpfs_fs_type, &mqueue_fs_type, &proc_fs_type,
	&ramfs_fs_type,	 &rootfs_fs_type,   &sysfs_fs_type,  &tmpfs_fs_type,
};

const struct fs_type *fs_type_find(const char *name)
{
	for (size_t i = 0; i < sizeof(modelled) / sizeof(*modelled); i++)
		if (strcmp(modelled[i]->name, name) == 0)
			return modelled[i];
	for (size_t i = 0; i < sizeof(unmodelled) / sizeof(*unmodelled); i++)
		if (strcmp(unmodelled[i].name, name) == 0)
			return &unmodelled[i];
	return NULL;
}

/* Of filesystems that nobody can mount. */
static const struct fs_type internal[] = {
	{.name = "nsfs"},
	{.name = "pipefs"},
	{.name = "sockfs"},
	{.name = "anon_inodefs"},
};

void fs_boot(struct fake *f)
{
	struct super_block **const places[] = {&f->nsfs, &f->pipefs, &f->sockfs, &f->pidfs};

	f->anon_devs = id_pool_new(f, 1);
	f->dcache = dcache_new(f);
	for (size_t i = 0; i < sizeof(internal) / sizeof(*internal); i++)
		*places[i] = sb_new(f, &internal[i], f->init_user_ns);
	f->anon_inode = inode_new(f, f->pidfs, 0600);
	f->shmem = memory_sb_new(f, fs_type_find("tmpfs"), f->init_user_ns, 01777);
}

/* linux/magic.h */
static const struct {
	const char *type;
	long magic;
} magics[] = {
	{"9p", 0x01021997},
	{"anon_inodefs", 0x09041934},
	{"autofs", 0x0187},
	{"binfmt_misc", 0x42494e4d},
	{"bpf", 0xcafe4a11},
	{"btrfs", 0x9123683e},
	{"cgroup", 0x27e0eb},
	{"cgroup2", 0x63677270},
	{"debugfs", 0x64626720},
	{"devpts", 0x1cd1},
	{"devtmpfs", 0x01021994},
	{"ext2", 0xef53},
	{"ext3", 0xef53},
	{"ext4", 0xef53},
	{"fuse", 0x65735546},
	{"fuseblk", 0x65735546},
	{"hugetlbfs", 0x958458f6},
	{"iso9660", 0x9660},
	{"mqueue", 0x19800202},
	{"nfs", 0x6969},
	{"nsfs", 0x6e736673},
	{"overlay", 0x794c7630},
	{"pipefs", 0x50495045},
	{"proc", 0x9fa0},
	{"pstore", 0x6165676c},
	{"ramfs", (long)0x858458f6},
	{"rootfs", (long)0x858458f6},
	{"securityfs", 0x73636673},
	{"sockfs", 0x534f434b},
	{"squashfs", 0x73717368},
	{"sysfs", 0x62656572},
	{"tmpfs", 0x01021994},
	{"tracefs", 0x74726163},
	{"vfat", 0x4d44},
	{"xfs", 0x58465342},
};

void fs_statfs(struct fake *f, const struct super_block *sb, struct statfs *out)
{
	const struct memory_sb *m = memory_sb_of(sb);

	(void)f;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (strcmp(magics[i].type, sb->type->name) == 0)
			out->f_type = magics[i].magic;
	if (m == NULL || !m->counts_entries)
		return;
	out->f_fsid.__val[0] = (int)sb->dev;
	if (m->max_blocks) {
		out->f_blocks = m->max_blocks;
		out->f_bfree = out->f_bavail = m->max_blocks - m->used_blocks;
	}
	if (m->max_inodes) {
		out->f_files = m->max_inodes;
		out->f_ffree = m->max_inodes - m->used_inodes;
	}
}
