/* The fake's checker: each kind of damage is seen, and what is whole is not complained of. */
#include <string.h>

#include "fake/mount_tree.h"
#include "fake/task.h"
#include "tests/lib/check.h"

static struct fake *host(void)
{
	static const char world[] = "/      ext4 rw shared:1\n"
				    "/srv   bind from=/data shared:1\n"
				    "/other bind from=/data master:1\n"
				    "/data/file file \"x\"\n";
	struct fake *f = fake_new(NULL);
	char memory[256];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	assert_int_equal(fake_world(f, world, &error), 0);
	return f;
}

/* The mounts in the order of the world; 0 is the hidden first one. */
static struct mount *mount_at(struct fake *f, int n)
{
	struct list *node = f->boot_ns->mounts.next;

	while (n-- > 0)
		node = node->next;
	return list_entry(node, struct mount, in_ns);
}

static void more_references(struct fake *f)
{
	dentry_get(f->init->root.dentry);
}

static void fewer_references(struct fake *f)
{
	f->init->root.mnt->refs--;
}

static void a_reference_to_credentials(struct fake *f)
{
	cred_get(f->init->cred);
}

static void a_reference_to_a_namespace(struct fake *f)
{
	ns_get(&f->init->ns.uts->ns);
}

static void a_link_too_many(struct fake *f)
{
	f->init->root.dentry->inode->nlink++;
}

static void a_writer_too_many(struct fake *f)
{
	mount_at(f, 1)->writers++;
}

static void a_mount_point_too_many(struct fake *f)
{
	f->init->root.dentry->n_mounted++;
	list_init(&f->init->root.dentry->mounts);
}

static void a_lost_piece(struct fake *f)
{
	heap_alloc(f, 32);
}

static void another_group(struct fake *f)
{
	mount_at(f, 2)->group_id = 99;
}

static void a_private_peer(struct fake *f)
{
	mount_at(f, 2)->flags &= ~MNT_SHARED;
}

static void a_master_that_knows_nothing(struct fake *f)
{
	list_remove(&mount_at(f, 3)->slave);
}

static void a_parent_that_knows_nothing(struct fake *f)
{
	list_remove(&mount_at(f, 3)->child);
}

static void a_mount_of_two_namespaces(struct fake *f)
{
	mount_at(f, 3)->ns = NULL;
	mount_at(f, 3)->is_detached = true;
}

static void a_mount_left_marked(struct fake *f)
{
	mount_at(f, 3)->is_marked = true;
}

static void a_wrong_count_of_mounts(struct fake *f)
{
	f->boot_ns->n_mounts++;
}

static const struct {
	void (*damage)(struct fake *f);
	const char *said;
} rows[] = {
	{more_references, "dentry  counts"},
	{fewer_references, "mount 2 (ext4) counts"},
	{a_reference_to_credentials, "credentials  counts"},
	{a_reference_to_a_namespace, "namespace uts counts"},
	{a_link_too_many, "links"},
	{a_writer_too_many, "mount 2 counts 1 writers, 0 are open"},
	{a_mount_point_too_many, "counts 1 mounts on it, 0 are listed"},
	{a_lost_piece, "1 pieces of memory are lost, the first of 32 bytes"},
	{another_group, "are peers, but not alike"},
	{a_private_peer, "is not shared, and of group 1"},
	{a_master_that_knows_nothing, "mount 4 is not known to its master"},
	{a_parent_that_knows_nothing, "mount 4 is no child of its parent"},
	{a_mount_of_two_namespaces, "mount 4 is"},
	{a_mount_left_marked, "mount 4 is left over from a walk"},
	{a_wrong_count_of_mounts, "a namespace counts 5 and 0 mounts, 4 are there"},
};

static void each_kind_of_damage_is_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake *f = host();
		char memory[256];
		struct text said;

		text_init(&said, memory, sizeof(memory));
		rows[i].damage(f);
		assert_int_equal(fake_check(f, &said), -EUCLEAN);
		if (strstr(memory, rows[i].said) == NULL)
			fail_msg("row %zu: %s", i, memory);
		fake_free(f);
	}
}

static void what_is_whole_is_not_complained_of(void **state)
{
	struct fake *f = host();
	char memory[256];
	struct text said;

	(void)state;
	text_init(&said, memory, sizeof(memory));
	assert_int_equal(fake_check(f, &said), 0);
	assert_string_equal(memory, "");
	fake_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_damage_is_seen),
		cmocka_unit_test(what_is_whole_is_not_complained_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
