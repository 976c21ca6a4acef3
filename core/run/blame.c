/* Who said no: what may be believed of it, and which exit status tells it. */
#include "core/run/blame.h"

#include <string.h>

#include "core/steps/side.h"

#define ERRNO_MAX 4095

bool blame_is_sane(const struct blame *b, const struct plan *p)
{
	if (b->side <= SIDE_HOST || b->side >= N_SIDES || b->step < 1 ||
	    b->step > (int32_t)p->n)
		return false;
	if ((int32_t)p->steps[b->step - 1].side != b->side)
		return false;
	if (b->op < -1 || b->op >= N_SYSOPS || b->error < 1 || b->error > ERRNO_MAX)
		return false;
	if (b->reason < 0 || b->reason >= N_REASONS)
		return false;
	return memchr(b->text, '\0', sizeof(b->text));
}

void blame_before(struct blame *b, int reason, int r)
{
	*b = (struct blame){.side = SIDE_HOST, .op = -1, .error = -r, .reason = reason};
}

int blame_status(const struct blame *b, const struct plan *p)
{
	if (b->step < 1 || p->steps[b->step - 1].kind != STEP_EXEC)
		return 125;
	return b->error == ENOENT && b->reason == REASON_NONE ? 127 : 126;
}
