/* proc's regular files: text that is made when it is read from its beginning. */
#include "fake/check.h"
#include "fake/mount.h"
#include "fake/proc.h"

#include <string.h>

#define TEXT_LEAST 4096u
#define TEXT_MOST (64u << 20)

/* Of an open file, private. */
struct proc_text {
	char *at; /* NULL: not yet made */
	size_t len;
	/* mounts and mountinfo tell of what was there when they were opened. */
	struct mnt_ns *ns;	 /* holds a reference; NULL: another file */
	struct path root;	 /* holds references */
	uint64_t event;		 /* of ns, when somebody looked last */
	struct user_ns *user_ns; /* of id maps; holds a reference */
};

static struct proc_what what_of(struct file *file)
{
	struct proc_what what = proc_what_of(file->inode);
	const struct proc_text *text = file->private;

	what.file = file;
	what.user_ns = text ? text->user_ns : NULL;
	return what;
}

/* mounts_open_common() of fs/proc_namespace.c. */
static int mounts_open(struct fake *f, const struct task *t, struct proc_text *text)
{
	if (t == NULL || t->ns.mnt == NULL)
		return refuse(f, RULE_PROC_MOUNTS_TASK_GONE);
	text->ns = t->ns.mnt;
	ns_get(&text->ns->ns);
	text->root = t->root;
	path_get(&text->root);
	text->event = text->ns->event;
	return 0;
}

static bool is_of_mounts(const struct proc_entry *entry)
{
	return strcmp(entry->name, "mountinfo") == 0 || strcmp(entry->name, "mounts") == 0;
}

static int proc_open(struct fake *f, struct file *file)
{
	struct proc_what what = what_of(file);
	struct proc_text *text;
	int r = what.entry->open ? what.entry->open(f, &what) : 0;

	if (r < 0)
		return r;
	text = heap_alloc(f, sizeof(*text));
	if (what.pid && is_of_mounts(what.entry))
		r = mounts_open(f, what.task, text);
	if (r < 0) {
		heap_free(f, text);
		return r;
	}
	if (what.entry->is_of_user_ns) {
		text->user_ns = what.task->cred->user_ns;
		ns_get(&text->user_ns->ns);
	}
	file->private = text;
	return 0;
}

static void proc_release(struct fake *f, struct file *file)
{
	struct proc_text *text = file->private;

	if (text == NULL)
		return;
	if (text->ns) {
		path_put(f, &text->root);
		ns_put(f, &text->ns->ns);
	}
	if (text->user_ns)
		ns_put(f, &text->user_ns->ns);
	heap_free(f, text->at);
	heap_free(f, text);
}

static void proc_file_holds(struct fake *f, struct file *file, struct check *c)
{
	const struct proc_text *text = file->private;

	(void)f;
	if (text && text->user_ns)
		check_holds_ns(c, &text->user_ns->ns);
	if (text == NULL || text->ns == NULL)
		return;
	check_holds_ns(c, &text->ns->ns);
	check_holds_path(c, &text->root);
}

/* proc_sys_call_handler(): that the file was opened is not enough. */
static int check_setting(struct fake *f, struct file *file, const struct proc_entry *entry,
			 int mask)
{
	if (!entry->is_setting || inode_permission(f, file->inode, mask) == 0)
		return 0;
	return refuse(f, RULE_SYSCTL_LATE);
}

static int show(struct fake *f, const struct proc_what *what, struct proc_text *text,
		struct text *out)
{
	if (text->ns == NULL)
		return what->entry->show(f, what, out);
	if (strcmp(what->entry->name, "mountinfo") == 0)
		mountinfo_show(f, text->ns, &text->root, out);
	else
		mounts_show(f, text->ns, &text->root, out);
	return 0;
}

static int text_make(struct fake *f, const struct proc_what *what, struct proc_text *text)
{
	struct text out;
	int r;

	heap_free(f, text->at);
	for (size_t size = TEXT_LEAST;; size *= 4) {
		text->at = heap_alloc(f, size);
		text_init(&out, text->at, size);
		r = show(f, what, text, &out);
		if (r == 0 && !out.cut)
			break;
		heap_free(f, text->at);
		text->at = NULL;
		if (r < 0)
			return r;
		if (size > TEXT_MOST)
			return fake_stop(f, "fake: a file of proc is too long");
	}
	text->len = out.len;
	return 0;
}

/* Simplified: one text from beginning to end, not one for each buffer that is read. */
static int proc_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	struct proc_what what = what_of(file);
	struct proc_text *text = file->private;
	int r;

	if (text->ns == NULL && what.entry->show == NULL)
		return fake_stop(f, "fake: reading %s of proc is not modelled",
				 what.entry->name);
	if (what.pid && what.task == NULL && text->ns == NULL && text->user_ns == NULL)
		return refuse(f, RULE_PROC_TASK_GONE);
	r = check_setting(f, file, what.entry, MAY_READ);
	if (r == 0 && (text->at == NULL || file->pos == 0))
		r = text_make(f, &what, text);
	if (r < 0)
		return r;
	if (file->pos >= (off_t)text->len)
		return 0;
	if (n > 0 && memory_is_bad(buf))
		return refuse_fault(f);
	if (n > text->len - (size_t)file->pos)
		n = text->len - (size_t)file->pos;
	memcpy(buf, text->at + file->pos, n);
	file->pos += (off_t)n;
	return (int)n;
}

static int proc_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	struct proc_what what = what_of(file);
	int r;

	if (what.entry->write == NULL)
		return refuse(f, what.pid ? RULE_PROC_TASK_WRITE : RULE_PROC_NOT_WRITABLE);
	if (what.pid && what.task == NULL && what.user_ns == NULL)
		return refuse(f, RULE_PROC_WRITE_TASK_GONE);
	r = check_setting(f, file, what.entry, MAY_WRITE);
	if (r == 0)
		r = what.entry->write(f, &what, buf, n);
	if (r > 0)
		file->pos += r;
	return r;
}

/* mounts_poll(): something was mounted or unmounted since the caller was told last. */
static short proc_poll(struct fake *f, struct file *file)
{
	const struct proc_text *text = file->private;

	(void)f;
	if (text->ns == NULL)
		return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
	if (text->event != text->ns->event)
		return POLLIN | POLLRDNORM | POLLERR | POLLPRI;
	return POLLIN | POLLRDNORM;
}

static void proc_polled(struct fake *f, struct file *file)
{
	struct proc_text *text = file->private;

	(void)f;
	if (text->ns)
		text->event = text->ns->event;
}

const struct file_ops proc_file_ops = {
	.open = proc_open,
	.read = proc_read,
	.write = proc_write,
	.poll = proc_poll,
	.polled = proc_polled,
	.release = proc_release,
	.holds = proc_file_holds,
};
