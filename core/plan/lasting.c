/* What a plan changes on the host for good. */
#include "core/plan/say.h"

#include <string.h>

/* A path inside, without the slashes that it may begin with. */
static const char *from_root(const char *path)
{
	return path + strspn(path, "/");
}

/* What is left of a path beneath another; NULL: it is not beneath it. */
static const char *beneath(const char *path, const char *top)
{
	size_t n;

	path = from_root(path);
	top = from_root(top);
	n = strlen(top);
	while (n > 0 && top[n - 1] == '/')
		n--;
	if (strncmp(path, top, n) != 0 || (n > 0 && path[n] && path[n] != '/'))
		return NULL;
	return from_root(path + n);
}

/* The mounts of a plan, as far as they cover a path. */
static bool is_mount(enum step_kind kind)
{
	switch (kind) {
	case STEP_ROOT_NEW:
	case STEP_ROOT_BIND:
	case STEP_NEW:
	case STEP_BIND:
	case STEP_BIND_DATA:
	case STEP_NODE:
	case STEP_MASK:
		return true;
	default:
		return false;
	}
}

static bool is_readonly_by(const struct step *step)
{
	return step->kind == STEP_REMOUNT_RO || step->kind == STEP_ROOT_RO;
}

/*
 * What shows a path inside before step i: the last mount at it or above it.  NULL where it
 * cannot be written to, or ends with the sandbox.
 */
static const struct step *host_mount(const struct plan *p, size_t i, const char *path)
{
	bool readonly = false;

	while (i-- > 0) {
		const struct step *step = &p->steps[i];

		if (is_readonly_by(step) && beneath(path, step->target))
			readonly = true;
		if (!is_mount(step->kind) || step->slot == SLOT_STAGING ||
		    !beneath(path, step->target))
			continue;
		if (step->kind != STEP_BIND && step->kind != STEP_ROOT_BIND)
			return NULL;
		return readonly || step->flags & MS_RDONLY ? NULL : step;
	}
	return NULL;
}

/* What is made where it is missing, in words; NULL: nothing that is made. */
static const char *made_word(enum step_kind kind)
{
	switch (kind) {
	case STEP_NEW:
	case STEP_DIR_IN:
		return "the directory ";
	case STEP_BIND:
	case STEP_BIND_DATA:
		return "the place for a mount ";
	case STEP_FILE:
		return "the file ";
	case STEP_SYMLINK:
		return "the link ";
	case STEP_CHMOD:
		return "the mode of ";
	default:
		return NULL;
	}
}

static void add_host_path(const struct step *mount, const char *target, struct text *out)
{
	char memory[2 * 4096 + 64];
	const char *rest = beneath(target, mount->target);
	struct text path;

	text_init(&path, memory, sizeof(memory));
	text_add(&path, mount->source);
	if (*rest)
		text_addf(&path, "%s%s", strcmp(mount->source, "/") == 0 ? "" : "/", rest);
	text_add_word(out, path.at);
}

/* The mount of the modern plan that shows what step i makes; NULL: nothing stays of it. */
static const struct step *made_in(const struct plan *p, size_t i)
{
	const struct step *step = &p->steps[i];
	const struct step *mount =
		made_word(step->kind) ? host_mount(p, i, step->target) : NULL;

	/* What a mount shows is there already. */
	return mount && *beneath(step->target, mount->target) ? mount : NULL;
}

/* Of the classic sequence: the rootfs can be written to until it is remounted. */
static bool is_readonly_before(const struct plan *p, size_t i)
{
	while (i-- > 0)
		if (p->steps[i].kind == STEP_READONLY)
			return true;
	return false;
}

/* What is made further down is made on a tmpfs and ends with the namespace. */
static bool is_made_by_classic(const struct plan *p, size_t i)
{
	const struct step *step = &p->steps[i];

	return step->kind == STEP_DIR && !strchr(step->target, '/') &&
	       !is_readonly_before(p, i);
}

bool step_lasts(const struct plan *p, size_t i)
{
	return p->steps[i].kind == STEP_CONSOLE_MODE || is_made_by_classic(p, i) ||
	       made_in(p, i);
}

void step_say_lasting(const struct plan *p, size_t i, struct text *out)
{
	const struct step *step = &p->steps[i];
	const struct step *mount = made_in(p, i);

	if (step->kind == STEP_CONSOLE_MODE) {
		text_add(out, "mode 0600 and owner 0:0 of ");
		text_add_word(out, step->source);
		return;
	}
	text_add(out, mount ? made_word(step->kind) : "the directory ");
	if (mount)
		add_host_path(mount, step->target, out);
	else
		step_say_target(p, step, out);
	if (step->kind != STEP_FILE && step->kind != STEP_CHMOD)
		text_add(out, ", where it is missing");
}
