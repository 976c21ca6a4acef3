/* A step in words: the templates of steps.def with the step's own words filled in. */
#include "core/plan/say.h"

#include <string.h>

#include "core/kernel/words.h"

#define OPTIONS_SIZE 8192
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct form {
	const char *line, *doing;
};

static const struct form forms[N_STEP_KINDS] = {
#define STEP(kind, run, step_line, step_doing)                                                 \
	[STEP_##kind] = {.line = step_line, .doing = step_doing},
#include "core/plan/steps.def"
#undef STEP
};

static const struct flag_word {
	unsigned long flag;
	const char *word;
} mount_words[] =
	{
		// clang-format off
	{ MS_RDONLY,      "ro" },
	{ MS_NOSUID,      "nosuid" },
	{ MS_NODEV,       "nodev" },
	{ MS_NOEXEC,      "noexec" },
	{ MS_STRICTATIME, "strictatime" },
		// clang-format on
},
  namespace_words[] = {
	  // clang-format off
	{ CLONE_NEWNS,    " --mount" },
	{ CLONE_NEWUTS,   " --uts" },
	{ CLONE_NEWIPC,   " --ipc" },
	{ CLONE_NEWPID,   " --pid" },
	{ CLONE_NEWUSER,  " --user" },
	{ CLONE_NEWNET,   " --net" },
	{ CLONE_NEWCGROUP, " --cgroup" },
	  // clang-format on
};

#define MOUNT_FLAGS (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_STRICTATIME)

static const char *const words[] = {
	[WORD_READY] = "ready",	  [WORD_GO] = "go",
	[WORD_BLAME] = "blame",	  [WORD_END] = "the end of the channel, at exec",
	[WORD_STATUS] = "status", [WORD_PTY] = "pty",
};

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_@%+=:,./-", c));
}

void text_add_word(struct text *out, const char *word)
{
	bool plain = word[0];
	bool printable = true;

	for (const char *c = word; *c; c++) {
		plain = plain && is_plain(*c);
		printable = printable && *c >= ' ' && *c < 0x7f && *c != '\'';
	}
	if (plain) {
		text_add(out, word);
	} else if (printable) {
		text_addf(out, "'%s'", word);
	} else {
		/* The one form of quoting in which bytes can be written as numbers. */
		text_add(out, "$'");
		for (const char *c = word; *c; c++)
			if (*c == '\'')
				text_add(out, "\\'");
			else
				text_add_escaped(out, c, 1);
		text_add_char(out, '\'');
	}
}

/* The words of the flags that are set, with between between them. */
static void add_flags(struct text *out, unsigned long flags, const struct flag_word *table,
		      size_t n_table, const char *between)
{
	size_t n = 0;

	for (size_t i = 0; i < n_table; i++)
		if (flags & table[i].flag)
			text_addf(out, "%s%s", n++ ? between : "", table[i].word);
}

static void add_options(const struct plan *p, const struct step *step, struct text *out)
{
	const char *between = step->flags & MOUNT_FLAGS ? "," : "";

	char memory[OPTIONS_SIZE];
	struct text options;

	(void)p;
	if (!(step->flags & MOUNT_FLAGS) && !step->data)
		return;
	text_init(&options, memory, sizeof(memory));
	add_flags(&options, step->flags, mount_words, COUNT(mount_words), ",");
	if (step->data)
		text_addf(&options, "%s%s", between, step->data);
	text_add(out, " -o ");
	text_add_word(out, options.at);
}

/* The whole path of a target; one that is beneath the rootfs stands behind it. */
static void add_target(const struct plan *p, const struct step *step, struct text *out)
{
	char memory[4096 + 64];
	struct text path;

	text_init(&path, memory, sizeof(memory));
	if (step->target[0] != '/' && p->rootfs && step->target != p->rootfs)
		text_addf(&path, "%s/", p->rootfs);
	text_add(&path, step->target);
	text_add_word(out, path.at);
}

static void add_namespaces(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	add_flags(out, step->flags, namespace_words, COUNT(namespace_words), "");
}

static void add_source(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_add_word(out, step->source);
}

static void add_name(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_add_word(out, step->target);
}

static void add_fstype(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_add_word(out, step->fstype);
}

static void add_mode(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_addf(out, "%04o", step->mode);
}

static void add_node(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_addf(out, "c %u %u", major(step->dev), minor(step->dev));
}

static void add_pid(const struct plan *p, const struct step *step, struct text *out)
{
	(void)step;
	text_addf(out, "%d", p->join);
}

static void add_argv(const struct plan *p, const struct step *step, struct text *out)
{
	(void)step;
	for (size_t i = 0; p->argv[i]; i++) {
		if (i)
			text_add_char(out, ' ');
		text_add_word(out, p->argv[i]);
	}
}

static void add_said(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_add(out, words[step->word]);
}

static void add_fd(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_addf(out, "%d", step->fd);
}

/* Without the newline at its end. */
static void add_data(const struct plan *p, const struct step *step, struct text *out)
{
	char memory[256];
	struct text data;

	(void)p;
	text_init(&data, memory, sizeof(memory));
	text_add_bytes(&data, step->data, strcspn(step->data, "\n"));
	text_add_word(out, data.at);
}

static void add_bind(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	text_add(out, step->flags & MS_REC ? "rbind" : "bind");
}

static void add_directory(const struct plan *p, const struct step *step, struct text *out)
{
	const char *where = step->target ? step->target : p->cwd;

	text_add_word(out, where ? where : "/");
	if (!step->target)
		text_add(out, ", where that is there inside; else to HOME, else to /");
}

#define KNOWN_CAPABILITIES ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)

/* "CAP_CHOWN|CAP_KILL", or "none" */
static void add_capabilities(uint64_t bits, struct text *out)
{
	if (bits & KNOWN_CAPABILITIES)
		words_add(out, WORDS_caps, bits & KNOWN_CAPABILITIES);
	else
		text_add(out, "none");
}

static void add_caps(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	add_capabilities(step->bits, out);
}

static void add_dropped(const struct plan *p, const struct step *step, struct text *out)
{
	(void)p;
	add_capabilities(~step->bits, out);
}

/* What the {words} of steps.def stand for. */
static const struct value {
	const char *name;
	void (*add)(const struct plan *p, const struct step *step, struct text *out);
} values[] = {
	// clang-format off
	{ "source",     add_source },
	{ "target",     add_target },
	{ "name",       add_name },
	{ "fstype",     add_fstype },
	{ "options",    add_options },
	{ "mode",       add_mode },
	{ "node",       add_node },
	{ "namespaces", add_namespaces },
	{ "pid",        add_pid },
	{ "argv",       add_argv },
	{ "word",       add_said },
	{ "fd",         add_fd },
	{ "data",       add_data },
	{ "bind",       add_bind },
	{ "directory",  add_directory },
	{ "caps",       add_caps },
	{ "dropped",    add_dropped },
	// clang-format on
};

/* Adds what a {word} of n bytes stands for. */
static void add_value(const struct plan *p, const struct step *step, const char *name, size_t n,
		      struct text *out)
{
	for (size_t i = 0; i < COUNT(values); i++)
		if (strlen(values[i].name) == n && strncmp(values[i].name, name, n) == 0)
			values[i].add(p, step, out);
}

static void fill(const struct plan *p, const struct step *step, const char *form,
		 struct text *out)
{
	while (*form) {
		size_t n = strcspn(form, "{");

		text_add_bytes(out, form, n);
		form += n;
		if (*form) {
			n = strcspn(form, "}");
			add_value(p, step, form + 1, n - 1, out);
			form += n + 1;
		}
	}
}

void step_say(const struct plan *p, const struct step *step, struct text *out)
{
	fill(p, step, forms[step->kind].line, out);
	if (step->tolerate)
		text_addf(out, "  # or, on %s: nothing", strerrorname_np(step->tolerate));
}

void step_say_target(const struct plan *p, const struct step *step, struct text *out)
{
	add_target(p, step, out);
}

void step_doing(const struct plan *p, const struct step *step, struct text *out)
{
	fill(p, step, forms[step->kind].doing, out);
}

void step_say_or(const struct plan *p, const struct step *step, struct text *out)
{
	struct step other = *step;

	if (!step->or_on)
		return;
	other.data = step->or_data ? step->or_data : step->data;
	text_addf(out, "or, on %s: ", strerrorname_np(step->or_on));
	fill(p, &other, forms[step->or_kind].line, out);
}
