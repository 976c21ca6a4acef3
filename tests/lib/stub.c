/* A kernel of a few lines. */
#include "tests/lib/stub.h"

#include <stddef.h>

static struct stub *stub_of_floor(struct kernel *k)
{
	return (struct stub *)((char *)k - offsetof(struct stub, floor));
}

static int floor_task(struct kernel *k)
{
	return stub_of_floor(k)->task;
}

static void floor_note(struct kernel *k, const struct note *note)
{
	(void)note;
	stub_of_floor(k)->n_notes++;
}

static const struct sysops floor_ops = {.task = floor_task, .note = floor_note};

static int stub_call(struct layer *layer, const struct call *call)
{
	struct stub *stub = (struct stub *)layer;

	stub->n_calls++;
	stub->last = *call;
	return stub->ask ? stub->ask(stub, call) : stub->answer;
}

void stub_init(struct stub *stub)
{
	*stub = (struct stub){.floor.ops = &floor_ops, .task = 1};
	layer_init(&stub->layer, &stub->floor, stub_call);
}

struct kernel *stub_kernel(struct stub *stub)
{
	return &stub->layer.kernel;
}
