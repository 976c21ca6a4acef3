/* Calls as text: the dialect that print.h describes. */
#include "core/kernel/print.h"

#include <inttypes.h>
#include <string.h>

#include "core/kernel/forms.h"
#include "core/kernel/print_parts.h"

/* Lists are cut here where a style has a limit; no list of ours is longer. */
#define LIST_LIMIT 64

/* No program has memory in its first page: what points there is shown as a number. */
#define NO_MEMORY_BELOW 4096

const void *printer_pointer(const struct printer *p, int i)
{
	return (const void *)p->call->arg[i];
}

static int64_t signed_value(uint64_t value, size_t width)
{
	if (width == 4)
		return (int32_t)value;
	if (width == 2)
		return (int16_t)value;
	return (int64_t)value;
}

static uint64_t narrowed(uint64_t value, size_t width)
{
	return width < sizeof(value) ? value & ((UINT64_C(1) << width * 8) - 1) : value;
}

static void mode_add(struct text *t, uint64_t mode)
{
	if (mode & S_IFMT) {
		words_add(t, WORDS_file_type, mode & S_IFMT);
		text_add_char(t, '|');
	}
	text_addf(t, "%s%" PRIo64, mode & ~(uint64_t)S_IFMT ? "0" : "",
		  mode & ~(uint64_t)S_IFMT);
}

static void fd_add(struct printer *p, int fd)
{
	if (fd == AT_FDCWD)
		text_add(p->t, "AT_FDCWD");
	else if (fd == -EBADF)
		text_add(p->t, "-EBADF");
	else
		text_addf(p->t, "%d", fd);
	if (p->style->describe)
		p->style->describe(p->style->context, p->t, fd);
}

void number_add(struct printer *p, const struct form *form, uint64_t value, size_t width)
{
	int64_t number = signed_value(value, width);

	value = narrowed(value, width);
	if (form->shape == SHAPE_FD)
		fd_add(p, (int)number);
	else if (form->shape == SHAPE_AUX && number == AT_FDCWD)
		text_add(p->t, "AT_FDCWD");
	else if (form->shape == SHAPE_WORDS)
		words_add(p->t, form->words, value);
	else if (form->shape == SHAPE_MODE)
		mode_add(p->t, value);
	else if (form->shape == SHAPE_DEV && value != 0)
		text_addf(p->t, "makedev(%u, %u)", major(value), minor(value));
	else if (form->shape == SHAPE_HEX)
		text_addf(p->t, "0x%" PRIx64, value);
	else if (form->shape == SHAPE_INT || form->shape == SHAPE_AUX ||
		 (form->shape == SHAPE_ID && number == -1))
		text_addf(p->t, "%" PRId64, number);
	else
		text_addf(p->t, "%" PRIu64, value);
}

void bytes_add(struct printer *p, const char *bytes, size_t n)
{
	size_t limit = p->style->limit;
	bool cut = limit != 0 && n > limit;

	text_add_char(p->t, '"');
	text_add_escaped(p->t, bytes, cut ? limit : n);
	text_add(p->t, cut ? "\"..." : "\"");
}

void string_add(struct printer *p, const char *s)
{
	bytes_add(p, s, strlen(s));
}

bool list_separate(struct printer *p, size_t i)
{
	if (i > 0)
		text_add(p->t, ", ");
	if (p->style->limit == 0 || i < LIST_LIMIT)
		return true;
	text_add(p->t, "...");
	return false;
}

void field_add(struct printer *p, const struct field *field, const void *base)
{
	const char *at = (const char *)base + field->offset;

	text_addf(p->t, "%s=", field->name);
	if (field->form.shape == SHAPE_STRING)
		bytes_add(p, at, strnlen(at, field->size));
	else if (field->form.shape == SHAPE_BYTES)
		bytes_add(p, at, field->size);
	else
		number_add(p, &field->form, field_get(field, base), field->size);
}

/* Whether the kernel wrote what a pointer of this direction points at. */
static bool written(const struct printer *p)
{
	return p->after && p->r >= 0;
}

static void word_arg_add(struct printer *p, int i)
{
	enum kind kind = sysop_infos[p->call->op].kinds[i];

	number_add(p, &kind_forms[kind], p->call->arg[i], kind_widths[kind]);
}

void fields_add(struct printer *p, enum kind kind, const void *base)
{
	const struct field_list *fields = &kind_fields[kind];

	text_add_char(p->t, '{');
	for (int i = 0; i < fields->n; i++) {
		text_add(p->t, i > 0 ? ", " : "");
		field_add(p, &fields->at[i], base);
	}
	text_add_char(p->t, '}');
}

static void argument_add(struct printer *p, int i)
{
	enum kind kind = sysop_infos[p->call->op].kinds[i];
	part_printer *part = part_printers[kind];

	if (kind_forms[kind].shape != SHAPE_NONE)
		word_arg_add(p, i);
	else if (p->call->arg[i] == 0)
		text_add(p->t, "NULL");
	else if (p->call->arg[i] < NO_MEMORY_BELOW)
		text_addf(p->t, "0x%lx", (unsigned long)p->call->arg[i]);
	else if (kind_infos[kind].direction == OUT && !written(p))
		text_add(p->t, sysop_infos[p->call->op].args[i]);
	else if (part)
		part(p, i);
	else
		fields_add(p, kind, printer_pointer(p, i));
}

static const struct print_style plain_style;

static void print(struct printer *p)
{
	const struct sysop_info *info = &sysop_infos[p->call->op];

	text_addf(p->t, "%s(", info->name);
	for (int i = 0; i < info->n_args; i++) {
		text_add(p->t, i > 0 ? ", " : "");
		argument_add(p, i);
	}
	text_add_char(p->t, ')');
}

void call_print(struct text *t, const struct call *call, const struct print_style *style)
{
	print(&(struct printer){.t = t, .call = call, .style = style ? style : &plain_style});
}

void call_print_answered(struct text *t, const struct call *call, int r,
			 const struct print_style *style)
{
	print(&(struct printer){.t = t,
				.call = call,
				.style = style ? style : &plain_style,
				.after = true,
				.r = r});
	text_add(t, " = ");
	answer_print(t, call->op, r);
}

void answer_print(struct text *t, enum sysop op, int r)
{
	const char *name = r < 0 ? errno_name(r) : NULL;

	if (name)
		text_addf(t, "-%s", name);
	else if (r >= 0 && op == OP_umask)
		mode_add(t, (uint64_t)r);
	else if (r >= 0 && op == OP_fcntl_getfl)
		words_add(t, WORDS_o_flags, (uint64_t)r);
	else if (r >= 0 && op == OP_fcntl_getfd)
		words_add(t, WORDS_fd_flags, (uint64_t)r);
	else
		text_addf(t, "%d", r);
}
