/* Files without a name, and what seals forbid: memfd_create(2), F_ADD_SEALS.  mm/memfd.c. */
#include "fake/memfd.h"

#include "fake/fs.h"
#include "fake/open.h"
#include "fake/task.h"

#include <string.h>

#define NAME_LENGTH_MAX 249 /* MFD_NAME_MAX_LEN */
#define SEALS_OF_6_1                                                                           \
	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)

static bool is_memfd(struct fake *f, const struct inode *inode)
{
	return inode->sb == f->shmem;
}

/* memfd_file_seals_ptr(): what can be sealed at all; another file of tmpfs never is. */
static bool has_seals(const struct inode *inode)
{
	return S_ISREG(inode->mode) && strcmp(inode->sb->type->name, "tmpfs") == 0;
}

static unsigned int seals_of(struct fake *f, const struct inode *inode)
{
	return is_memfd(f, inode) ? inode->seals : F_SEAL_SEAL;
}

int sealed_setattr(struct fake *f, const struct inode *inode, const mode_t *mode,
		   const off_t *size)
{
	if (!is_memfd(f, inode))
		return 0;
	if (mode && (inode->seals & F_SEAL_EXEC) && ((inode->mode ^ *mode) & 0111))
		return refuse(f, RULE_SEAL_EXEC);
	if (size && *size < inode->size && (inode->seals & F_SEAL_SHRINK))
		return refuse(f, RULE_SEAL_SHRINK);
	if (size && *size > inode->size && (inode->seals & F_SEAL_GROW))
		return refuse(f, RULE_SEAL_GROW);
	return 0;
}

int sealed_write(struct fake *f, const struct inode *inode, off_t pos, size_t *n)
{
	off_t piece = f->profile.memfd_has_large_folios ? 512 * PAGE_BYTES : PAGE_BYTES;
	off_t last = inode->size - inode->size % piece;

	if (!is_memfd(f, inode))
		return 0;
	if (inode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return refuse(f, RULE_SEAL_WRITE);
	if (!(inode->seals & F_SEAL_GROW) || pos + (off_t)*n <= inode->size)
		return 0;
	if (last <= pos)
		return refuse(f, RULE_SEAL_WRITE_GROW);
	*n = (size_t)(last - pos);
	return 0;
}

/* memfd_add_seals().  Simplified: nothing is mapped, so that no write is still to come. */
int do_fcntl_add_seals(struct fake *f, int fd, int seals)
{
	int known = f->profile.memfd_has_exec_seal ? SEALS_OF_6_1 | F_SEAL_EXEC : SEALS_OF_6_1;
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (!file_may_write(file))
		return refuse(f, RULE_SEAL_READ_ONLY);
	if (seals & ~known)
		return refuse(f, RULE_SEAL_UNKNOWN);
	if (!has_seals(file->inode))
		return refuse(f, RULE_SEAL_NOT_HERE);
	if (seals_of(f, file->inode) & F_SEAL_SEAL)
		return refuse(f, RULE_SEAL_SEALED);
	/* What can be executed and never made otherwise must not change either. */
	if (seals & F_SEAL_EXEC && file->inode->mode & 0111)
		seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
	file->inode->seals |= (unsigned int)seals;
	return 0;
}

int do_fcntl_get_seals(struct fake *f, int fd)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (!has_seals(file->inode))
		return refuse(f, RULE_SEAL_NOT_HERE);
	return (int)seals_of(f, file->inode);
}

static int flags_check(struct fake *f, unsigned int flags)
{
	unsigned int known = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB;

	if (f->profile.memfd_has_exec_seal)
		known |= MFD_EXEC | MFD_NOEXEC_SEAL;
	if (flags & MFD_HUGETLB)
		return not_modelled(f, "memfd_create(2) with MFD_HUGETLB");
	if (flags & ~known)
		return refuse(f, RULE_MEMFD_FLAGS);
	if ((flags & MFD_EXEC) && (flags & MFD_NOEXEC_SEAL))
		return refuse(f, RULE_MEMFD_EXEC_TWICE);
	return 0;
}

/* __shmem_file_setup(): its owner has it open for both, which is not counted as writing. */
static struct file *memfd_new(struct fake *f, const char *name, unsigned int flags)
{
	mode_t mode = flags & MFD_NOEXEC_SEAL ? 0666 : 0777;
	struct inode *inode = inode_new(f, f->shmem, S_IFREG | mode);
	char text[NAME_LENGTH_MAX + 8];
	struct path path = {0};
	struct file *file;
	struct text t;

	inode->nlink = 0;
	if (flags & MFD_NOEXEC_SEAL)
		inode->seals = F_SEAL_EXEC;
	else if (!(flags & MFD_ALLOW_SEALING))
		inode->seals = F_SEAL_SEAL;
	text_init(&t, text, sizeof(text));
	text_addf(&t, "memfd:%s", name);
	path.dentry = dentry_new(f, NULL, text, inode);
	file = file_new(f, &path, O_RDWR | LARGEFILE);
	path_put(f, &path);
	return file;
}

int do_memfd_create(struct fake *f, const char *name, unsigned int flags)
{
	int r = flags_check(f, flags);

	if (r < 0)
		return r;
	if (memory_is_bad(name))
		return refuse_fault(f);
	if (strnlen(name, NAME_LENGTH_MAX + 1) > NAME_LENGTH_MAX)
		return refuse(f, RULE_MEMFD_NAME);
	r = fd_check_room(f);
	if (r < 0)
		return r;
	return fd_install(f, memfd_new(f, name, flags), 0, flags & MFD_CLOEXEC);
}
