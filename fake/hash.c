/* One number for all of a host's state that can be noticed. */
#include "fake/task.h"
#include "fake/tree_walk.h"

#include <string.h>

/*
 * Left out: times, counters that ids are taken from, inode numbers, and what only tells how
 * the state came about (order in directories, expiry marks).
 */

/* FNV-1a, eight bytes at a time. */
static void mix(uint64_t *hash, uint64_t value)
{
	*hash = (*hash ^ value) * 0x100000001b3ULL;
	*hash ^= *hash >> 29;
}

static void mix_bytes(uint64_t *hash, const char *bytes, size_t n)
{
	for (; n >= 8; bytes += 8, n -= 8) {
		uint64_t value;

		memcpy(&value, bytes, 8);
		mix(hash, value);
	}
	for (; n > 0; bytes++, n--)
		mix(hash, (unsigned char)*bytes);
}

static void mix_string(uint64_t *hash, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	mix(hash, n);
	mix_bytes(hash, s, n);
}

static void mix_file(void *context, const struct path *at, const char *path)
{
	uint64_t *hash = context;
	const struct inode *inode = at->dentry->inode;

	mix_string(hash, path);
	mix(hash, inode->mode);
	mix(hash, inode->uid);
	mix(hash, inode->gid);
	mix(hash, inode->rdev);
	if (inode->ops->iterate)
		return; /* proc: counts tasks */
	mix(hash, inode->nlink);
	mix(hash, (uint64_t)inode->size);
	if (inode->data && (S_ISREG(inode->mode) || S_ISLNK(inode->mode)))
		mix_bytes(hash, inode->data, (size_t)inode->size);
}

/* The mount table as init reads it. */
static void mix_mounts(struct fake *f, uint64_t *hash)
{
	struct task *init = f->init;
	struct text text = {.cut = true};

	for (size_t size = 16384; text.cut; size *= 2) {
		char *memory = heap_alloc(f, size);

		text_init(&text, memory, size);
		mountinfo_show(f, init->ns.mnt, &init->root, &text);
		if (!text.cut)
			mix_bytes(hash, text.at, text.len);
		heap_free(f, memory);
	}
}

/* Mounts that no table shows count as well: detached ones, and other namespaces'. */
static void mix_hidden_mounts(struct fake *f, uint64_t *hash)
{
	list_for_each(node, &f->super_blocks) {
		struct super_block *sb = list_entry(node, struct super_block, all);
		uint64_t n = 0;

		if (sb->mounts.next)
			list_for_each(mnt, &sb->mounts)
				n++;
		mix(hash, sb->flags);
		mix(hash, n);
	}
}

static void mix_path(uint64_t *hash, const struct path *path)
{
	mix(hash, path->mnt ? (uint64_t)path->mnt->id : 0);
	for (const struct dentry *d = path->dentry; d && d->parent != d; d = d->parent)
		mix_string(hash, d->name);
}

static void mix_cred(uint64_t *hash, const struct cred *cred)
{
	const uint64_t values[] = {
		cred->uid,	 cred->euid,	   cred->suid,
		cred->fsuid,	 cred->gid,	   cred->egid,
		cred->sgid,	 cred->fsgid,	   cred->inheritable,
		cred->permitted, cred->effective,  cred->bounding,
		cred->ambient,	 cred->securebits, cred->user_ns->ns.inum,
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		mix(hash, values[i]);
	for (int i = 0; i < cred->n_groups; i++)
		mix(hash, cred->groups[i]);
}

static void mix_descriptors(uint64_t *hash, const struct fd_table *fds)
{
	for (int fd = 0; fds && fd < fds->size; fd++) {
		const struct file *file = fds->slots[fd].file;

		if (file == NULL)
			continue;
		mix(hash, (uint64_t)fd);
		mix(hash, file->flags);
		mix(hash, (uint64_t)file->pos);
		mix(hash, fds->slots[fd].is_cloexec);
		mix_path(hash, &file->path);
	}
}

static void mix_task(uint64_t *hash, const struct task *t)
{
	mix(hash, (uint64_t)t->state);
	mix(hash, t->umask);
	mix(hash, (uint64_t)t->pid->numbers[0].nr);
	mix(hash, (uint64_t)t->pgrp->numbers[0].nr);
	mix(hash, (uint64_t)t->session->numbers[0].nr);
	mix(hash, t->pending);
	mix(hash, t->tty != NULL);
	mix_path(hash, &t->root);
	mix_path(hash, &t->cwd);
	mix_cred(hash, t->cred);
	mix_descriptors(hash, t->fds);
	if (t->ns.mnt == NULL)
		return;
	mix(hash, t->ns.mnt->ns.inum);
	mix(hash, t->ns.net->ns.inum);
	mix(hash, t->ns.ipc->ns.inum);
	mix(hash, t->ns.cgroup->ns.inum);
	mix(hash, t->ns.uts->ns.inum);
	mix_string(hash, t->ns.uts->hostname);
	mix_string(hash, t->ns.uts->domainname);
}

uint64_t fake_hash(struct fake *f)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	struct task *was = f->current;

	if (was == NULL)
		f->current = f->init;
	mix_mounts(f, &hash);
	mix_hidden_mounts(f, &hash);
	tree_walk(f, &f->init->root, mix_file, &hash);
	list_for_each(node, &f->tasks)
		mix_task(&hash, list_entry(node, struct task, all));
	f->current = was;
	return hash;
}
