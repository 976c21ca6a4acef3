/* What the program says of a failure, from its own plan and what the blame points at. */
#include "core/cli/message.h"

#include <string.h>

#include "core/plan/say.h"
#include "core/run/hints.h"

int text_write(struct kernel *k, int fd, const struct text *t)
{
	size_t done = 0;

	while (done < t->len) {
		int r = sys_write(k, fd, t->at + done, t->len - done);

		if (r == -EINTR)
			continue;
		if (r < 0)
			return r;
		done += (size_t)r;
	}
	return 0;
}

void text_add_errno(struct text *out, int error)
{
	const char *sentence = strerrordesc_np(error);
	bool lower;

	if (!sentence) {
		text_addf(out, "error %d", error);
		return;
	}
	/* "Input/output error" begins small, "RFS specific error" does not. */
	lower = sentence[0] >= 'A' && sentence[0] <= 'Z' && sentence[1] >= 'a';
	text_add_char(out, (char)(lower ? sentence[0] | 0x20 : sentence[0]));
	text_add(out, sentence + 1);
}

void outcome_say_first(const struct blame *b, const struct plan *p, struct text *out)
{
	text_add(out, "sandtable: cannot ");
	if (b->step)
		step_doing(p, &p->steps[b->step - 1], out);
	else
		text_add(out, "begin");
	text_add(out, ": ");
	text_add_errno(out, b->error);
}

static void say_call(const struct blame *b, struct text *out)
{
	if (!b->text[0])
		return;
	text_add(out, b->op < 0 ? "  what  " : "  call  ");
	/* The call was printed with escapes; undone once more it would be unreadable. */
	text_add_visible(out, b->text, strlen(b->text));
	text_add_char(out, '\n');
}

void outcome_say(const struct outcome *outcome, const struct plan *p, struct text *out)
{
	const struct blame *b = &outcome->blame;
	const struct hint *hint = hint_find(b, p);

	outcome_say_first(b, p, out);
	text_add_char(out, '\n');
	if (b->step) {
		const struct step *step = &p->steps[b->step - 1];

		text_addf(out, "  step  %d of %zu, %s: ", b->step, p->n, side_text(step->side));
		step_say(p, step, out);
		text_add_char(out, '\n');
	}
	say_call(b, out);
	if (hint)
		text_addf(out, "  why   %s  [%s]\n", hint->sentence, hint->id);
	if (hint && hint->advice[0])
		text_addf(out, "  try   %s\n", hint->advice);
	if (outcome->left[0])
		text_addf(out, "  left  %s\n", outcome->left);
}
