/* What a program is told by: ELF headers and their loader, scripts and their interpreter. */
#include "fake/exec.h"

#include <elf.h>
#include <string.h>

#if defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#else
#define ELF_MACHINE EM_X86_64
#endif

/* open_exec(): a name that the kernel itself has is not asked for being empty. */
#define INTERPRETER_LOOKUP (LOOKUP_FOLLOW | LOOKUP_EMPTY)

/* elf_read(): all of it, or -EIO. */
static int file_read_at(struct fake *f, struct file *file, void *buf, size_t n, off_t pos)
{
	size_t done = 0;

	file->pos = pos;
	while (done < n && file->ops->read) {
		int r = file->ops->read(f, file, (char *)buf + done, n - done);

		if (r < 0)
			return r;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	file->pos = 0;
	return (int)done;
}

int exec_open(struct fake *f, int dirfd, const char *name, unsigned int lookup,
	      struct file **out)
{
	struct path path;
	struct file *file;
	int r = path_lookup(f, dirfd, name, lookup, &path);

	if (r < 0)
		return r;
	r = file_open(f, &path, O_RDONLY | FILE_EXEC, &file);
	path_put(f, &path);
	if (r < 0)
		return r;
	if (file->inode->writers > 0) {
		file_put(f, file);
		return refuse(f, RULE_EXEC_BUSY);
	}
	file->inode->writers--;
	*out = file;
	return 0;
}

void exec_close(struct fake *f, struct file *file)
{
	if (file == NULL)
		return;
	file->inode->writers++;
	file_put(f, file);
}

/* ELF */

static bool elf_is_ours(const Elf64_Ehdr *header)
{
	return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
	       (header->e_type == ET_EXEC || header->e_type == ET_DYN) &&
	       header->e_machine == ELF_MACHINE;
}

static bool phdr_read(struct fake *f, struct file *file, const Elf64_Ehdr *header, int i,
		      Elf64_Phdr *out)
{
	off_t at = (off_t)(header->e_phoff + (size_t)i * sizeof(*out));

	return file_read_at(f, file, out, sizeof(*out), at) == sizeof(*out);
}

/* load_elf_phdrs(): no more than a page of them, and all of them there. */
static bool phdrs_are_sound(struct fake *f, struct file *file, const Elf64_Ehdr *header)
{
	size_t size = header->e_phnum * sizeof(Elf64_Phdr);
	Elf64_Phdr last;

	return header->e_phentsize == sizeof(Elf64_Phdr) && size > 0 && size <= 4096 &&
	       phdr_read(f, file, header, header->e_phnum - 1, &last);
}

static int refuse_format(struct fake *f)
{
	return refuse(f, RULE_EXEC_FORMAT);
}

/* The loader is a program as well, but is told so in other words. */
static int loader_check(struct fake *f, struct file *loader)
{
	Elf64_Ehdr header;

	if (file_read_at(f, loader, &header, sizeof(header), 0) != sizeof(header))
		return refuse(f, RULE_EXEC_LOADER_SHORT);
	if (!elf_is_ours(&header) || !phdrs_are_sound(f, loader, &header))
		return refuse(f, RULE_EXEC_LOADER_FORMAT);
	return 0;
}

static int loader_find(struct fake *f, struct file *file, const Elf64_Phdr *phdr)
{
	char name[PATH_MAX];
	struct file *loader;
	int r;

	if (phdr->p_filesz > PATH_MAX || phdr->p_filesz < 2)
		return refuse_format(f);
	r = file_read_at(f, file, name, phdr->p_filesz, (off_t)phdr->p_offset);
	if (r != (int)phdr->p_filesz)
		return refuse(f, RULE_EXEC_SHORT);
	if (name[phdr->p_filesz - 1] != '\0')
		return refuse_format(f);
	r = exec_open(f, AT_FDCWD, name, INTERPRETER_LOOKUP, &loader);
	if (r == -ENOENT)
		return refuse(f, RULE_EXEC_NO_LOADER);
	if (r < 0)
		return r;
	r = loader_check(f, loader);
	exec_close(f, loader);
	return r;
}

/* load_elf_binary(), as far as it can fail. */
static int elf_load(struct fake *f, struct exec *exec)
{
	Elf64_Ehdr header;
	Elf64_Phdr phdr;

	memcpy(&header, exec->head, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_machine == EM_386)
		return not_modelled(f, "execveat(2) of a program for 32 bits");
	if (!elf_is_ours(&header) || !phdrs_are_sound(f, exec->file, &header))
		return refuse_format(f);
	for (int i = 0; i < header.e_phnum; i++)
		if (phdr_read(f, exec->file, &header, i, &phdr) && phdr.p_type == PT_INTERP)
			return loader_find(f, exec->file, &phdr);
	return 0;
}

/* Scripts */

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_spaces(char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	return at;
}

static char *skip_word(char *at, const char *end)
{
	while (at < end && !is_space(*at) && *at)
		at++;
	return at;
}

/*
 * The end of the first line; NULL: there is none in what was read, and so the name of the
 * interpreter may be cut.
 */
static char *script_line_end(char *line)
{
	char *last = line + EXEC_HEAD - 1;
	char *end = memchr(line, '\n', strnlen(line, EXEC_HEAD));
	char *at = line + 2;

	if (end)
		return end;
	while (at <= last && is_space(*at))
		at++;
	while (at <= last && *at && !is_space(*at))
		at++;
	return at <= last ? last : NULL;
}

/* remove_arg_zero() */
static void drop_first_word(struct exec *exec)
{
	if (exec->n_words)
		exec->n_words--;
	else
		exec->n_dropped++;
}

static void push_word(struct exec *exec, const char *word)
{
	exec->words[exec->n_words++] = word;
}

/* From "#! NAME ARGUMENT": the words, in exec; answers the name, NULL: no name. */
static const char *script_parse(struct exec *exec)
{
	char *line = exec->lines[exec->n_scripts];
	char *end, *name, *separator, *argument;

	memcpy(line, exec->head, EXEC_HEAD);
	end = script_line_end(line);
	if (end == NULL)
		return NULL;
	while (is_space(end[-1]))
		end--;
	name = skip_spaces(line + 2, end);
	if (name == end)
		return NULL;
	separator = skip_word(name, end);
	argument = *separator ? skip_spaces(separator, end) : end;
	*end = '\0';
	*separator = '\0';
	if (exec->is_inaccessible)
		return name;
	drop_first_word(exec);
	push_word(exec, exec->interp);
	if (argument < end)
		push_word(exec, argument);
	push_word(exec, name);
	exec->n_scripts++;
	return name;
}

/* load_script() */
static int script_load(struct fake *f, struct exec *exec)
{
	const char *name = script_parse(exec);
	struct file *file;
	int r;

	if (name == NULL)
		return refuse_format(f);
	if (exec->is_inaccessible)
		return refuse(f, RULE_EXEC_INACCESSIBLE);
	exec->interp = name;
	r = exec_open(f, AT_FDCWD, name, INTERPRETER_LOOKUP, &file);
	if (r == -ENOENT)
		return refuse(f, RULE_EXEC_NO_INTERPRETER);
	if (r < 0)
		return r;
	exec_close(f, exec->file);
	exec->file = file;
	return 1;
}

int exec_format(struct fake *f, struct exec *exec)
{
	int r;

	if (exec->n_scripts == SCRIPT_LEVELS)
		return refuse(f, RULE_EXEC_SCRIPTS);
	memset(exec->head, 0, sizeof(exec->head));
	r = file_read_at(f, exec->file, exec->head, sizeof(exec->head), 0);
	if (r < 0)
		return r;
	if (exec->head[0] == '#' && exec->head[1] == '!')
		return script_load(f, exec);
	return elf_load(f, exec);
}
