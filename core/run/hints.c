/* Why, and what to try: two tables, one of our own reasons and one of the kernel's. */
#include "core/run/hints.h"

#include "core/steps/side.h"

#define ANY -1

const struct hint_row hint_rows[] = {
#define HINT(row_id, row_step, row_op, row_error, row_sentence, row_advice)                    \
	{                                                                                      \
		.hint = {row_id, row_sentence, row_advice},                                    \
		.step = row_step,                                                              \
		.op = row_op,                                                                  \
		.error = row_error,                                                            \
	},
#include "core/run/hints.def"
#undef HINT
};

const int n_hint_rows = sizeof(hint_rows) / sizeof(*hint_rows);

static const struct hint reason_hints[N_REASONS] = {
#define REASON(name, row_id, error, row_sentence, row_advice)                                  \
	[REASON_##name] = {row_id, row_sentence, row_advice},
#include "core/steps/reasons.def"
#undef REASON
};

const struct hint *hint_find(const struct blame *b, const struct plan *p)
{
	int kind = b->step ? (int)p->steps[b->step - 1].kind : ANY;

	if (b->reason != REASON_NONE)
		return &reason_hints[b->reason];
	for (int i = 0; i < n_hint_rows; i++) {
		const struct hint_row *row = &hint_rows[i];

		if ((row->step == ANY || row->step == kind) &&
		    (row->op == ANY || row->op == b->op) && row->error == b->error)
			return &row->hint;
	}
	return NULL;
}
