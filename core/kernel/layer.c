/* From the typed members to calls as data: what every layer has in common. */
#include "core/kernel/layer.h"

static struct layer *layer_of(struct kernel *k)
{
	return (struct layer *)k;
}

#define ROW(row, args, raw, errnos, page)                                                      \
	static int layer_##row(struct kernel *k ROW_PARAMS(args))                              \
	{                                                                                      \
		const uintptr_t words[] = {0 ROW_WORDS(args)};                                 \
		struct call call = {.op = OP_##row};                                           \
                                                                                               \
		for (size_t i = 1; i < sizeof(words) / sizeof(*words); i++)                    \
			call.arg[i - 1] = words[i];                                            \
		return layer_of(k)->call(layer_of(k), &call);                                  \
	}
#include "core/kernel/sysops.def"
#undef ROW

static int layer_task(struct kernel *k)
{
	return kernel_task(layer_of(k)->lower);
}

static void layer_note(struct kernel *k, const struct note *note)
{
	struct layer *layer = layer_of(k);

	if (layer->note)
		layer->note(layer, note);
	else
		kernel_note(layer->lower, note);
}

static const struct sysops layer_ops = {
#define ROW(row, args, raw, errnos, page) .row = layer_##row,
#include "core/kernel/sysops.def"
#undef ROW
	.task = layer_task,
	.note = layer_note,
};

void layer_init(struct layer *layer, struct kernel *lower,
		int (*call)(struct layer *layer, const struct call *call))
{
	*layer = (struct layer){.kernel.ops = &layer_ops, .lower = lower, .call = call};
}

int layer_pass(struct layer *layer, const struct call *call)
{
	return kernel_call(layer->lower, call);
}
