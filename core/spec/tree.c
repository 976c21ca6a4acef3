/* What is put into the sandbox's tree: from options to struct tree_op, in their order. */
#include <errno.h>
#include <string.h>

#include "core/spec/said.h"

/* What stands before an option and is for the next one alone. */
enum {
	BEFORE_PERMS = 1,
	BEFORE_SIZE = 2,
	BEFORE_LOWERS = 4,
};

struct tree_row {
	bool op; /* else what is before an op, or something else altogether */
	enum tree_kind kind;
	bool optional, readonly;
	enum overlay_upper upper;
	mode_t mode;
	unsigned int after; /* which of BEFORE_ may stand before it */
	size_t lowers_min;
};

#define OP(op_kind) .op = true, .kind = TREE_##op_kind

static const struct tree_row rows[N_OPTIONS] = {
	[OPTION_BIND] = {OP(BIND)},
	[OPTION_BIND_TRY] = {OP(BIND), .optional = true},
	[OPTION_RO_BIND] = {OP(BIND), .readonly = true},
	[OPTION_RO_BIND_TRY] = {OP(BIND), .readonly = true, .optional = true},
	[OPTION_DEV_BIND] = {OP(DEV_BIND)},
	[OPTION_DEV_BIND_TRY] = {OP(DEV_BIND), .optional = true},
	[OPTION_REMOUNT_RO] = {OP(REMOUNT_RO)},
	[OPTION_PROC] = {OP(PROC)},
	[OPTION_DEV] = {OP(DEV)},
	[OPTION_TMPFS] = {OP(TMPFS), .mode = 0755, .after = BEFORE_PERMS | BEFORE_SIZE},
	[OPTION_MQUEUE] = {OP(MQUEUE)},
	[OPTION_DIR] = {OP(DIR), .mode = 0755, .after = BEFORE_PERMS},
	[OPTION_FILE] = {OP(FILE), .mode = 0666, .after = BEFORE_PERMS},
	[OPTION_BIND_DATA] = {OP(BIND_DATA), .mode = 0600, .after = BEFORE_PERMS},
	[OPTION_RO_BIND_DATA] = {OP(BIND_DATA), .readonly = true, .mode = 0600,
				 .after = BEFORE_PERMS},
	[OPTION_SYMLINK] = {OP(SYMLINK)},
	[OPTION_CHMOD] = {OP(CHMOD)},
	[OPTION_PERMS] = {.after = BEFORE_SIZE},
	[OPTION_SIZE] = {.after = BEFORE_PERMS},
	[OPTION_OVERLAY_SRC] = {.after = BEFORE_LOWERS},
	[OPTION_OVERLAY] = {OP(OVERLAY), .upper = UPPER_DIR, .after = BEFORE_LOWERS,
			    .lowers_min = 1},
	[OPTION_TMP_OVERLAY] = {OP(OVERLAY), .upper = UPPER_TMPFS, .after = BEFORE_LOWERS,
				.lowers_min = 1},
	/* One layer and nothing above it is no overlay to the kernel. */
	[OPTION_RO_OVERLAY] = {OP(OVERLAY), .after = BEFORE_LOWERS, .lowers_min = 2},
	[OPTION_MASK] = {OP(MASK)},
};

#undef OP

struct tree {
	struct arena *arena;
	struct text *why;
	struct tree_op *ops;
	size_t n_ops;
	const char **lowers; /* of all overlays */
	size_t n_lowers, first_lower;
	unsigned int before;
	mode_t mode;
	uint64_t size;
};

/* Of what stands before an option that it is not for. */
static int refuse_before(const struct tree *t, unsigned int wrong)
{
	if (wrong & BEFORE_PERMS)
		return said_refuse(t->why, "--perms", NULL,
				   " goes right before --tmpfs, --dir, --file, --bind-data or "
				   "--ro-bind-data");
	if (wrong & BEFORE_SIZE)
		return said_refuse(t->why, "--size", NULL, " goes right before --tmpfs");
	return said_refuse(t->why, "--overlay-src", NULL,
			   " goes right before --overlay, --tmp-overlay or --ro-overlay");
}

static void value_set(struct tree_op *op, const struct value *value)
{
	switch (value->kind) {
	case VALUE_FD:
		op->fd = (int)value->number;
		break;
	case VALUE_OCTAL:
		op->mode = (mode_t)value->number;
		break;
	case VALUE_SOURCE:
		op->source = value->word;
		break;
	case VALUE_WORKDIR:
		op->workdir = value->word;
		break;
	default: /* VALUE_TARGET */
		op->target = value->word;
		break;
	}
}

static int op_add(struct tree *t, const struct said *said, const struct tree_row *row)
{
	struct tree_op *op = &t->ops[t->n_ops++];

	*op = (struct tree_op){
		.kind = row->kind,
		.optional = row->optional,
		.readonly = row->readonly,
		.upper = row->upper,
		.fd = -EBADF,
		.mode = t->before & BEFORE_PERMS ? t->mode : row->mode,
		.size = t->before & BEFORE_SIZE ? t->size : 0,
	};
	if (t->before & BEFORE_LOWERS)
		op->lowers = t->lowers + t->first_lower;
	op->n_lowers = t->n_lowers - t->first_lower;
	t->first_lower = t->n_lowers;
	t->before = 0;
	if (op->n_lowers < row->lowers_min)
		return said_refuse(t->why, option_rows[said->option].name, NULL,
				   row->lowers_min == 1
					   ? " needs an --overlay-src before it"
					   : " needs two times --overlay-src before it");
	for (int i = 0; i < VALUES_MAX && said->values[i].word; i++)
		value_set(op, &said->values[i]);
	return 0;
}

static int tree_add(struct tree *t, const struct said *said)
{
	const struct tree_row *row = &rows[said->option];
	unsigned int wrong = t->before & ~row->after;

	if (wrong)
		return refuse_before(t, wrong);
	switch (said->option) {
	case OPTION_PERMS:
		t->mode = (mode_t)said->values[0].number;
		t->before |= BEFORE_PERMS;
		break;
	case OPTION_SIZE:
		t->size = said->values[0].number;
		t->before |= BEFORE_SIZE;
		break;
	case OPTION_OVERLAY_SRC:
		t->lowers[t->n_lowers++] = said->values[0].word;
		t->before |= BEFORE_LOWERS;
		break;
	default:
		return row->op ? op_add(t, said, row) : 0;
	}
	return 0;
}

static int tree_alloc(struct tree *t, const struct said *first)
{
	size_t n_lowers = said_count(first, OPTION_OVERLAY_SRC), n_ops = 0;

	for (; first; first = first->next)
		n_ops += rows[first->option].op;
	if (n_ops)
		t->ops = arena_alloc(t->arena, n_ops * sizeof(*t->ops));
	if (n_lowers)
		t->lowers = arena_alloc(t->arena, n_lowers * sizeof(*t->lowers));
	return (n_ops && !t->ops) || (n_lowers && !t->lowers) ? said_no_memory(t->why) : 0;
}

int spec_tree(struct spec *spec, const struct said *first, struct arena *arena,
	      struct text *why)
{
	struct tree t = {.arena = arena, .why = why};
	int error = tree_alloc(&t, first);

	for (; first && error == 0; first = first->next)
		error = tree_add(&t, first);
	if (error == 0 && t.before)
		error = refuse_before(&t, t.before);
	spec->ops = t.ops;
	spec->n_ops = t.n_ops;
	return error;
}
