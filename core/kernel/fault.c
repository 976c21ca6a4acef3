/* A layer that makes calls fail as Linux may. */
#include "core/kernel/fault.h"

#include <string.h>

#include "core/kernel/print.h"

static bool fits(const struct fault *fault, const struct call *call, int task)
{
	char memory[FAULT_TEXT_SIZE];
	struct text text;

	if (call->op == OP_exit_group)
		return false;
	if (fault->op != FAULT_ANY && fault->op != (int)call->op)
		return false;
	if (fault->task != 0 && fault->task != task)
		return false;
	if (!fault->contains)
		return true;
	text_init(&text, memory, sizeof(memory));
	call_print(&text, call, NULL);
	return strstr(text.at, fault->contains);
}

static void tell(struct fault *fault, const struct call *call, int task)
{
	struct text text;

	if (fault->n_hits++ > 0)
		return;
	fault->hit_op = call->op;
	fault->hit_task = task;
	fault->hit_side = fault->side;
	fault->hit_step = fault->step;
	text_init(&text, fault->hit_text, sizeof(fault->hit_text));
	call_print(&text, call, NULL);
}

static int short_pass(struct fault *fault, const struct call *call)
{
	struct call less = *call;

	if ((call->op == OP_read || call->op == OP_write) && less.arg[2] > fault->count)
		less.arg[2] = fault->count;
	return layer_pass(&fault->layer, &less);
}

/* The task's own place; NULL when there is none and it may not be made. */
static struct fault_noted *noted_of(struct fault *fault, int task, bool make)
{
	for (int i = 0; i < fault->n_noted; i++)
		if (fault->noted[i].task == task)
			return &fault->noted[i];
	if (!make || fault->n_noted == FAULT_TASKS_MAX)
		return NULL;
	fault->noted[fault->n_noted] = (struct fault_noted){.task = task};
	return &fault->noted[fault->n_noted++];
}

static void recall(struct fault *fault, int task)
{
	const struct fault_noted *noted = noted_of(fault, task, false);

	fault->side = noted ? noted->side : NULL;
	fault->step = noted ? noted->step : 0;
}

static int fault_call(struct layer *layer, const struct call *call)
{
	struct fault *fault = (struct fault *)layer;
	int task = kernel_task(layer->lower);

	if (!fits(fault, call, task))
		return layer_pass(layer, call);
	fault->n_counted++;
	if (fault->nth == 0 || fault->n_counted < fault->nth ||
	    (fault->n_counted > fault->nth && !fault->lasting))
		return layer_pass(layer, call);
	recall(fault, task);
	tell(fault, call, task);
	if (fault->hit)
		return fault->hit(fault, call);
	if (fault->count > 0)
		return short_pass(fault, call);
	/* filp_close(): the descriptor is gone before the file is asked for its error. */
	if (call->op == OP_close) {
		int r = layer_pass(layer, call);

		return r < 0 ? r : fault->answer;
	}
	return fault->answer;
}

static void fault_note(struct layer *layer, const struct note *note)
{
	struct fault *fault = (struct fault *)layer;

	struct fault_noted *noted = noted_of(fault, kernel_task(layer->lower), true);

	if (noted) {
		noted->side = note->side;
		noted->step = note->step;
	}
	kernel_note(layer->lower, note);
}

void fault_init(struct fault *fault, struct kernel *lower)
{
	*fault = (struct fault){.op = FAULT_ANY};
	layer_init(&fault->layer, lower, fault_call);
	fault->layer.note = fault_note;
}

void fault_rearm(struct fault *fault)
{
	fault->n_counted = 0;
	fault->n_hits = 0;
	fault->hit_op = 0;
	fault->hit_task = 0;
	fault->hit_side = NULL;
	fault->hit_step = 0;
	fault->hit_text[0] = '\0';
	fault->side = NULL;
	fault->step = 0;
	fault->n_noted = 0;
}
