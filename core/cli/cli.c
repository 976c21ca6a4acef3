/* The program: which verb, with which kernel, and what is said about it. */
#include "core/cli/cli.h"

#include <string.h>

#include "core/cli/exe.h"
#include "core/cli/message.h"
#include "core/cli/rehearse.h"
#include "core/run/hints.h"
#include "core/spec/options.h"
#include "core/steps/side.h"

#define FAILED 125
#define WHY_SIZE 512
#define MESSAGE_SIZE 8192
#define HELP_SIZE 12288
/* What plan takes at most, of words and their bytes; and beneath a step, its calls. */
#define WORD_MEMORY (20 * (sizeof(struct step) + 2048) + 1024)
#define BYTE_MEMORY 48
#define VARIABLE_MEMORY 1024

static const char usage[] =
	"Usage: sandtable box [OPTION...] [--] COMMAND...\n"
	"       sandtable plan [OPTION...] [--] COMMAND...\n"
	"       sandtable box --classic --rootfs DIR [--readonly] [--console PTY] -- "
	"COMMAND...\n"
	"       sandtable box --classic --join PID -- COMMAND...\n"
	"\n"
	"Builds Linux sandboxes, and rehearses them first.  box runs COMMAND in one; plan "
	"shows\n"
	"every step and what COMMAND would see, without doing anything.\n"
	"\n"
	"SRC and DIR are the host's; DEST and PATH are inside; FD is a descriptor of the "
	"caller.\n"
	"--classic is for trusted images: COMMAND is root, with all that root may.\n";

static const char exit_statuses[] =
	"\n"
	"Exit status: COMMAND's own; 128+n when it ended by signal n; 125 sandtable failed,\n"
	"126 COMMAND cannot be executed, 127 it was not found.\n";

static int say_help(const struct cli *cli, int fd)
{
	char memory[HELP_SIZE];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_add(&out, usage);
	options_help(&out);
	text_add(&out, exit_statuses);
	return text_write(cli->k, fd, &out) < 0 ? FAILED : 0;
}

static int say_version(const struct cli *cli)
{
	char memory[64];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_add(&out, "sandtable " SANDTABLE_VERSION "\n");
	return text_write(cli->k, 1, &out) < 0 ? FAILED : 0;
}

/* "sandtable: " and why, on standard error. */
static int say_refusal(const struct cli *cli, const struct text *why)
{
	char memory[WHY_SIZE + 64];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_addf(&out, "sandtable: %s\n", why->at);
	text_write(cli->k, 2, &out);
	return FAILED;
}

static int say_outcome(const struct cli *cli, const struct outcome *outcome,
		       const struct plan *p)
{
	char memory[MESSAGE_SIZE];
	struct text out;

	if (!outcome->blame.error)
		return outcome->status;
	text_init(&out, memory, sizeof(memory));
	outcome_say(outcome, p, &out);
	text_write(cli->k, 2, &out);
	return outcome->status;
}

static int say_reason(const struct cli *cli, enum reason reason, int r)
{
	const struct plan p = {0};
	struct outcome outcome = {.status = FAILED};

	blame_before(&outcome.blame, reason, r);
	return say_outcome(cli, &outcome, &p);
}

/* Runs it for real. */
static int box(struct job *job)
{
	job_run(job, job->cli->k);
	return say_outcome(job->cli, &job->outcome, job->p);
}

static int verb_run(const struct cli *cli, const struct spec *spec, struct arena *arena,
		    struct text *why)
{
	struct job job = {.cli = cli, .spec = spec, .arena = arena};
	int status;

	if (job_begin(&job, why) < 0)
		return say_refusal(cli, why);
	status = spec->verb == VERB_BOX ? box(&job) : rehearse(&job);
	/* The payload's status tells of the payload, whatever became of the trace. */
	if (job_end(&job, why) < 0)
		say_refusal(cli, why);
	return status;
}

/* What is read and means something, and is not planned yet. */
static int verb_absent(const struct spec *spec, struct text *why)
{
	const char *absent = NULL;

	if (spec->classic)
		return 0;
	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].kind == TREE_OVERLAY)
			absent = "an overlay";
	if (!absent)
		return 0;
	text_addf(why, "%s is not there yet", absent);
	return -EINVAL;
}

/* An ordinary user's sandbox is another one; the classic sequence asks for itself. */
static bool is_root(const struct cli *cli, const struct spec *spec)
{
	return spec->classic || spec->as_root || sys_geteuid(cli->k) == 0;
}

static int spec_run(const struct cli *cli, const struct spec *spec, struct arena *arena,
		    struct text *why)
{
	bool root;

	if (spec->help)
		return say_help(cli, 1);
	if (spec->version)
		return say_version(cli);
	root = is_root(cli, spec);
	if (spec_check(spec, root, why) < 0 || verb_absent(spec, why) < 0)
		return say_refusal(cli, why);
	return verb_run(cli, spec, arena, why);
}

/* What is the payload's, too, must not lead out, and none of ours may come to lie there. */
static int stream_fill(struct kernel *k, int fd)
{
	struct statx st;
	int r = sys_statx(k, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);

	if (r == 0)
		return S_ISDIR(st.stx_mode) ? -EISDIR : 0;
	/* A kernel that lacks the call is told of where it is needed. */
	if (r != -EBADF)
		return r == -ENOSYS ? 0 : r;
	r = sys_openat(k, AT_FDCWD, "/dev/null", O_RDWR, 0);
	if (r < 0 || r == fd)
		return r < 0 ? r : 0;
	sys_close(k, r);
	return -EBADF;
}

/* The lowest that is closed is the next to be opened (open(2)). */
static int streams_fill(struct kernel *k)
{
	int r = 0;

	for (int fd = 0; fd < 3 && r == 0; fd++)
		r = stream_fill(k, fd);
	return r;
}

static bool begins_with(const char *word, const char *option)
{
	return strncmp(word, option, strlen(option)) == 0;
}

/*
 * May the payload look into the task that stays (CAP_SYS_PTRACE), whose file is ours?  In an
 * image only where capabilities are added.  Asked before the options are read, for --args is
 * read once, and may say anything.  The payload of the classic sequence may do all.
 */
static bool may_trace(char *const *argv)
{
	bool has_image = false, may_add = false;

	if (!argv[0] || !argv[1] || strcmp(argv[1], "box") != 0)
		return false;
	for (argv += 2; *argv && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--classic") == 0)
			return false;
		has_image = has_image || begins_with(*argv, "--rootfs");
		may_add = may_add || begins_with(*argv, "--cap-add") ||
			  begins_with(*argv, "--args");
	}
	return !has_image || may_add;
}

/* Before anything is read: 0, or a status where nothing may be begun. */
static int begin(const struct cli *cli)
{
	int r;

	if (cli->secure)
		return say_reason(cli, REASON_SET_ID, -EPERM);
	r = streams_fill(cli->k);
	if (r < 0)
		return say_reason(cli, r == -EISDIR ? REASON_STREAM : REASON_NONE, r);
	r = may_trace(cli->argv) ? exe_protect(cli) : 0;
	return r < 0 ? say_reason(cli, REASON_OWN_EXE, r) : 0;
}

int cli_main(const struct cli *cli)
{
	char memory[WHY_SIZE];
	struct arena arena;
	struct text why;
	struct spec spec;
	int status;
	const struct arguments from = {
		.k = cli->k, .argv = cli->argv, .envp = cli->envp, .arena = &arena};

	text_init(&why, memory, sizeof(memory));
	arena_init(&arena, cli->memory, cli->memory_size);
	arena.refuse_at = cli->refuse_at;
	status = begin(cli);
	if (status)
		return status;
	if (spec_from_arguments(&spec, &from, &why) < 0)
		return say_refusal(cli, &why);
	return spec_run(cli, &spec, &arena, &why);
}

size_t cli_memory_size(char *const *argv, char *const *envp)
{
	size_t n = 0, bytes = 0, n_envp = 0;

	for (; argv[n]; n++)
		bytes += strlen(argv[n]);
	for (; envp[n_envp]; n_envp++)
		bytes += strlen(envp[n_envp]);
	/* A word may come to as many steps as --dev, and is told with escapes. */
	return CLI_MEMORY_SIZE + spec_memory(argv, envp) + bytes * BYTE_MEMORY +
	       n * WORD_MEMORY + n_envp * VARIABLE_MEMORY;
}
