/* Lines of a world that make files: directories, files, links, devices, pipes, sockets. */
#include "fake/world.h"

#include <elf.h>
#include <limits.h>
#include <string.h>

/* What may stand behind a file's type. */
struct attributes {
	mode_t mode; /* permissions */
	uid_t uid;
	gid_t gid;
	const struct word_value *content;
	size_t size;
	bool is_elf;
	const char *interpreter; /* of an ELF file; NULL: it is static */
};

/* Mode, owner, content: in any order.  from: the first word that may be one. */
static int read_attributes(struct world *w, int from, struct attributes *a)
{
	for (int i = from; i < w->text.n_words; i++) {
		const struct word_value *word = &w->text.words[i];
		const char *value;
		unsigned long n;

		if (word->is_quoted) {
			a->content = word;
		} else if (word_pair(word->s, &a->uid, &a->gid)) {
			continue;
		} else if (*word->s == '0' && word_number(word->s, 8, 07777, &n)) {
			a->mode = (mode_t)n;
		} else if ((value = word_value(word->s, "size")) != NULL) {
			if (!word_number(value, 10, 1 << 24, &n))
				return world_error(w, "%s: up to 16 MiB", word->s);
			a->size = n;
		} else if (strcmp(word->s, "elf") == 0) {
			a->is_elf = true;
		} else if ((value = word_value(word->s, "elf")) != NULL) {
			a->is_elf = true;
			a->interpreter = value;
		} else {
			return world_error(w, "%s is no mode, owner or content", word->s);
		}
	}
	return 0;
}

/* A new child at the line's path, with mode and owner. */
static int make(struct world *w, mode_t type, dev_t rdev, const char *target,
		const struct attributes *a, struct dentry **out)
{
	const char *path = w->text.words[0].s;
	struct path parent;
	struct dentry *old, *new;
	char name[256];
	int r = world_parent(w, path, &parent, name);

	if (r < 0)
		return r;
	if (S_ISDIR(parent.dentry->inode->mode) &&
	    lookup_one(w->f, parent.dentry, name, &old) == 0) {
		dentry_put(w->f, old);
		r = world_error(w, "%s is there already", path);
	} else {
		r = world_create(w, parent.dentry, name, type | a->mode, rdev, target, &new);
	}
	if (r == 0) {
		new->inode->uid = a->uid;
		new->inode->gid = a->gid;
		*out = new;
	}
	path_put(w->f, &parent);
	return r;
}

/* A directory that is there gets the mode and owner that the line gives. */
static int make_dir(struct world *w)
{
	struct attributes a = {.mode = 0755};
	struct path path;
	int r = read_attributes(w, 2, &a);

	if (r == 0)
		r = world_place(w, w->text.words[0].s, S_IFDIR | 0755, &path);
	if (r < 0)
		return r;
	if (!S_ISDIR(path.dentry->inode->mode)) {
		r = world_error(w, "%s is there already, and no directory", w->text.words[0].s);
	} else {
		path.dentry->inode->mode = S_IFDIR | a.mode;
		path.dentry->inode->uid = a.uid;
		path.dentry->inode->gid = a.gid;
	}
	path_put(w->f, &path);
	return r;
}

static void set_content(struct world *w, struct inode *inode, const void *bytes, size_t n)
{
	heap_free(w->f, inode->data);
	inode->data = heap_alloc(w->f, n + 1);
	inode->capacity = n + 1;
	inode->size = (off_t)n;
	if (bytes)
		memcpy(inode->data, bytes, n);
}

/* The least that the kernel takes for a program, with an interpreter or without. */
static int set_elf(struct world *w, struct inode *inode, const char *interpreter)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[2];
		char interpreter[PATH_MAX];
	} elf = {
		.header =
			{
				.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
					    ELFDATA2LSB, EV_CURRENT},
				.e_type = ET_EXEC,
				.e_machine = EM_X86_64,
				.e_version = EV_CURRENT,
				.e_phoff = sizeof(Elf64_Ehdr),
				.e_ehsize = sizeof(Elf64_Ehdr),
				.e_phentsize = sizeof(Elf64_Phdr),
				.e_phnum = 1,
			},
		.segments[0] = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X},
	};
	size_t size = offsetof(__typeof__(elf), interpreter), n;

	if (interpreter) {
		n = strlen(interpreter) + 1;
		if (n > sizeof(elf.interpreter))
			return world_error(w, "the interpreter's path is too long");
		memcpy(elf.interpreter, interpreter, n);
		elf.header.e_phnum = 2;
		elf.segments[1] = (Elf64_Phdr){.p_type = PT_INTERP,
					       .p_flags = PF_R,
					       .p_offset = size,
					       .p_filesz = n,
					       .p_memsz = n};
		size += n;
	}
	set_content(w, inode, &elf, size);
	return 0;
}

static int make_file(struct world *w)
{
	struct attributes a = {.mode = 0644};
	struct dentry *d;
	int r = read_attributes(w, 2, &a);

	if (r == 0 && a.is_elf && w->text.n_words == 3)
		a.mode = 0755;
	if (r == 0)
		r = make(w, S_IFREG, 0, NULL, &a, &d);
	if (r < 0)
		return r;
	if (a.is_elf)
		return set_elf(w, d->inode, a.interpreter);
	if (a.content)
		set_content(w, d->inode, a.content->s, a.content->len);
	else if (a.size)
		set_content(w, d->inode, NULL, a.size);
	return 0;
}

/* "link -> target", or without the arrow. */
static int make_link(struct world *w)
{
	struct attributes a = {.mode = 0777};
	int i = 2;
	struct dentry *d;
	int r;

	if (i < w->text.n_words && strcmp(w->text.words[i].s, "->") == 0)
		i++;
	if (i == w->text.n_words || w->text.words[i].len == 0)
		return world_error(w, "%s: a link needs a target", w->text.words[0].s);
	r = read_attributes(w, i + 1, &a);
	if (r < 0)
		return r;
	return make(w, S_IFLNK, 0, w->text.words[i].s, &a, &d);
}

static int make_device(struct world *w, mode_t type)
{
	struct attributes a = {.mode = 0600};
	unsigned int major_number, minor_number;
	struct dentry *d;
	int r;

	if (w->text.n_words < 3 || !word_pair(w->text.words[2].s, &major_number, &minor_number))
		return world_error(w, "%s: a device needs its number, as 1:3",
				   w->text.words[0].s);
	r = read_attributes(w, 3, &a);
	if (r < 0)
		return r;
	return make(w, type, makedev(major_number, minor_number), NULL, &a, &d);
}

static int make_char(struct world *w)
{
	return make_device(w, S_IFCHR);
}

static int make_block(struct world *w)
{
	return make_device(w, S_IFBLK);
}

static int make_plain(struct world *w, mode_t type, mode_t mode)
{
	struct attributes a = {.mode = mode};
	struct dentry *d;
	int r = read_attributes(w, 2, &a);

	return r < 0 ? r : make(w, type, 0, NULL, &a, &d);
}

static int make_fifo(struct world *w)
{
	return make_plain(w, S_IFIFO, 0644);
}

static int make_socket(struct world *w)
{
	return make_plain(w, S_IFSOCK, 0755);
}

static const struct {
	const char *name;
	int (*make)(struct world *w);
} types[] = {
	{"dir", make_dir},	{"file", make_file},	 {"link", make_link},
	{"symlink", make_link}, {"char", make_char},	 {"block", make_block},
	{"fifo", make_fifo},	{"socket", make_socket},
};

bool world_is_file_type(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].name, type) == 0)
			return true;
	return false;
}

int world_file(struct world *w)
{
	size_t i = 0;

	while (strcmp(types[i].name, w->text.words[1].s) != 0)
		i++;
	return types[i].make(w);
}
