/* Mount namespaces: making, copying and giving them up. */
#include "fake/mount_tree.h"

#include "fake/cred.h"
#include "fake/task.h"

struct mnt_ns *mnt_ns_new(struct fake *f, struct user_ns *owner)
{
	struct mnt_ns *ns = heap_alloc(f, sizeof(*ns));

	ns_init(f, &ns->ns, CLONE_NEWNS, owner);
	list_init(&ns->mounts);
	ns->seq = ++f->last_mnt_ns_seq;
	return ns;
}

/* Whoever copies the namespace stands at the same place in the copy. */
static void switch_place(struct path *place, struct mount *from, struct mount *to,
			 struct mount **left)
{
	if (place == NULL || place->mnt != from)
		return;
	place->mnt = mnt_get(to);
	*left = from;
}

/*
 * Second pass of copy_mnt_ns(): the copies are the namespace's, root and cwd are switched.
 * Original and copy are walked side by side; mounts of namespace files were left out.
 */
static void adopt_copies(struct fake *f, struct mnt_ns *ns, struct mount *old,
			 struct path *root, struct path *cwd)
{
	struct mount *left_root = NULL, *left_cwd = NULL;
	struct mount *p = old;

	for (struct mount *q = ns->root; q; q = next_mnt(q, ns->root)) {
		while (p->root != q->root)
			p = next_mnt(p, old);
		list_remove(&q->in_ns);
		mount_add_to_ns(f, ns, q);
		switch_place(root, p, q, &left_root);
		switch_place(cwd, p, q, &left_cwd);
		p = next_mnt(p, old);
	}
	mnt_put(f, left_root);
	mnt_put(f, left_cwd);
}

int mnt_ns_copy(struct fake *f, struct mnt_ns *from, struct user_ns *owner, struct path *root,
		struct path *cwd, struct mnt_ns **out)
{
	struct mnt_ns *ns = mnt_ns_new(f, owner);
	bool is_foreign = owner != from->ns.owner;
	int flags = CL_COPY_UNBINDABLE | (is_foreign ? CL_SHARED_TO_SLAVE : 0);
	int r = ns_charge(f, &ns->ns);

	if (r == 0)
		r = copy_tree(f, from->root, from->root->root, flags, &ns->root);
	if (r < 0) {
		ns_put(f, &ns->ns);
		return r;
	}
	if (is_foreign)
		lock_mnt_tree(ns->root);
	adopt_copies(f, ns, from->root, root, cwd);
	*out = ns;
	return 0;
}

void mnt_ns_root(struct fake *f, struct mnt_ns *ns, struct path *out)
{
	*out = (struct path){ns->root, ns->root->root};
	path_get(out);
	path_follow_down(f, out);
}

/* put_mnt_ns(), drop_collected_mounts(): its memory is ns_put()'s. */
void mnt_ns_free(struct fake *f, struct mnt_ns *ns)
{
	LIST(unmounted);

	if (ns->root)
		umount_tree(f, ns->root, 0, &unmounted);
	put_unmounted(f, &unmounted);
	ns->root = NULL;
}
