"""Lines of a ninja file, collected."""


class Ninja:
    """Collects lines of a ninja file."""

    def __init__(self):
        self.lines = []

    def comment(self, text):
        self.lines += ["", f"# {text}"]

    def variable(self, name, value):
        self.lines.append(f"{name} = {value}")

    def rule(self, name, command, **more):
        self.lines.append(f"rule {name}")
        self.lines.append(f"  command = {command}")
        self.lines += [f"  {key} = {value}" for key, value in more.items()]

    def build(self, outputs, rule, inputs=(), implicit=(), order=(), **variables):
        def words(x):
            return x if isinstance(x, str) else " ".join(x)

        line = f"build {words(outputs)}: {rule} {words(inputs)}".rstrip()
        if implicit:
            line += f" | {words(implicit)}"
        if order:
            line += f" || {words(order)}"
        self.lines.append(line)
        self.lines += [f"  {key} = {value}" for key, value in variables.items()]

    def text(self):
        return "\n".join(self.lines) + "\n"
