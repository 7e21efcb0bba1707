"""Turns the figures of `measure` into the tables of docs/performance.md, between its two marks."""

import datetime
import platform
import statistics
import subprocess

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WRONG = ("missing", "duplicated", "out_of_order", "misrouted", "failed", "closed_early",
         "protocol_errors")
NAMES = {
    "ceiling": "reference",
    "memory": "`--data memory`",
    "commit": "`commit`",
    "jakarta": "memory, `--jakarta`",
    "jakarta-commit": "`commit`, `--jakarta`",
    "bare": "bare Jetty",
}


def machine(root):
    def said(*command, cwd=None):
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=True)
        return (done.stdout or done.stderr).splitlines()[0].strip()

    with open("/proc/cpuinfo") as info:
        model = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    return {
        "kind": "machine",
        "date": datetime.date.today().isoformat(),
        "commit": said("git", "rev-parse", "--short", "HEAD", cwd=root),
        "machine": f"{said('nproc')} cores, {model}; {platform.system()} {platform.release()}; "
                   f"{said('java', '-version')}",
    }


def line(figure):
    """One figure, for who waits for them."""
    known = {key: value for key, value in figure.items() if not isinstance(value, (dict, list))}
    wanted = ("kind", "server", "round", "stalled", "bytes", "seconds", "connects_per_s",
              "deliveries_per_s", "server_cpu_us_per_delivery", "heap", "date", "commit")
    said = [f"{key} {known[key]}" for key in wanted if key in known]
    if "echo_us" in figure:
        said.append(f"echo {figure['echo_us']['p50']:.0f} {figure['echo_us']['p99']:.0f}")
    said += [f"{key.upper()} {figure[key]}" for key in WRONG if figure.get(key)]
    return "  ".join(said)


class Figures:
    def __init__(self, figures):
        self.all = figures

    def of(self, kind, server=None, **others):
        wanted = {"kind": kind, **({"server": server} if server else {}), **others}
        return [f for f in self.all if all(f.get(k) == v for k, v in wanted.items())]

    def values(self, kind, server, key):
        read = {
            "rate": lambda f: f["deliveries_per_s"],
            "cpu": lambda f: f["server_cpu_us_per_delivery"],
            "p50": lambda f: f["echo_us"]["p50"] / 1000,
            "p99": lambda f: f["echo_us"]["p99"] / 1000,
            "connects": lambda f: f["connects_per_s"],
            "bytes": lambda f: f["bytes"],
        }[key]
        return [read(f) for f in self.of(kind, server)]

    def median(self, kind, server, key):
        return statistics.median(self.values(kind, server, key))

    def ratio(self, kind, server, key, to="ceiling", to_kind=None):
        return self.median(kind, server, key) / self.median(to_kind or kind, to, key)

    def is_used_up(self, kind, server):
        """Whether the server had no core left to fall behind with: then CPU says nothing."""
        return self.median(kind, server, "cpu") * self.median(kind, server, "rate") > 0.95e6

    def spread(self, kind, server, key, form):
        values = self.values(kind, server, key)
        if len(values) == 1:
            return form(values[0])
        return f"{form(statistics.median(values))} ({form(min(values))} to {form(max(values))})"


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def thousands(value):
    return f"{value / 1000:,.0f} k"


def two(value):
    return f"{value:.2f}"


def short(value):
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def gathering(figures):
    rows = []
    for kind, dialect, servers in (("w1", "plain", ("ceiling", "memory", "commit", "jakarta")),
                                   ("v1", "chat.v1", ("memory",))):
        for server in servers:
            name = "reference" if server == "ceiling" else f"{dialect}, {NAMES[server]}"
            rows.append([name, figures.spread(kind, server, "rate", thousands),
                         f"{figures.ratio(kind, server, 'rate', to_kind='w1'):.1f}",
                         figures.spread(kind, server, "cpu", two)])
    return table(["W1", "deliveries/s", "× reference", "µs CPU a delivery"], rows)


def paced(figures):
    rows = []
    for kind, name in (("w1r", "W1r"), ("w2a", "W2, 20,000/s"), ("w2b", "W2, 100,000/s")):
        for server in NAMES:
            if not figures.of(kind, server):
                continue
            rows.append([name, NAMES[server], figures.spread(kind, server, "cpu", two),
                         f"{figures.ratio(kind, server, 'cpu'):.2f}",
                         figures.spread(kind, server, "p50", short),
                         figures.spread(kind, server, "p99", short)])
    return table(["paced", "", "µs CPU a delivery", "× reference", "echo p50 ms", "echo p99 ms"], rows)


def connections(figures):
    rows = []
    for server in ("ceiling", "bare", "memory", "jakarta"):
        known = figures.of("heap", server)
        rows.append([NAMES[server], figures.spread("connect", server, "connects", lambda v: f"{v:,.0f}"),
                     figures.spread("heap", server, "bytes", lambda v: f"{v:,.0f}") if known else ""])
    return table(["connections", "handshakes/s", "heap of an idle one, bytes"], rows)


def stalled(figures):
    rows = []
    for count, name in ((0, "none"), (1, "one of 1001")):
        found = figures.of("stalled", stalled=count)
        rows.append([name,
                     ", ".join(short(f["echo_us"]["p50"] / 1000) for f in found),
                     ", ".join(short(f["echo_us"]["p99"] / 1000) for f in found),
                     ", ".join(f"{f['heap'] / 2**20:.1f}" for f in found)])
    return table(["stalled", "echo p50 ms", "echo p99 ms", "heap after collection, MiB"], rows)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def goals(figures):
    rows = []

    def goal(name, wanted, reached, holds):
        rows.append([name, wanted, reached, "yes" if holds else "**no**"])

    def ratio(name, kind, server, key, limit, **others):
        value = figures.ratio(kind, server, key, **others)
        if key == "rate":
            goal(name, f"at least {limit} ×", f"{value:.1f} ×", value >= limit)
        else:
            goal(name, f"at most {limit} ×", f"{value:.2f} ×", value <= limit)
        if key == "cpu" and kind.startswith("w") and kind != "w1" and figures.is_used_up(kind, server):
            rows[-1][-1] = "**not shown**: the core was used up"

    ratio("1. W1 plain, memory", "w1", "memory", "rate", 12)
    ratio("2. W1 plain, `commit`", "w1", "commit", "rate", 8)
    ratio("3. W1 chat.v1, memory", "v1", "memory", "rate", 6, to_kind="w1")
    for server, limit in (("memory", 1.5), ("commit", 2.0), ("jakarta", 2.0), ("jakarta-commit", 2.5)):
        ratio(f"4. W1r, {NAMES[server]}", "w1r", server, "cpu", limit)
    ratio("5. W2, 100,000/s: CPU", "w2b", "memory", "cpu", 1.6)
    p50 = figures.median("w2b", "memory", "p50")
    goal("5. W2, 100,000/s: p50", "under 1 ms", f"{short(p50)} ms", p50 < 1)
    ratio("5. W2, 20,000/s: p99", "w2a", "memory", "p99", 2)
    grows = max(figures.ratio("n10000", "memory", "cpu", to="memory", to_kind=kind)
                for kind in ("n100", "w1"))
    goal("6. cost from 100 to 10,000 in a room", "at most 1.5 ×", f"{grows:.2f} ×", grows <= 1.5)
    for server, limit in (("memory", 6), ("jakarta", 10)):
        kib = figures.median("heap", server, "bytes") / 1024
        goal(f"7. heap of an idle connection, {NAMES[server]}", f"at most {limit} KiB",
             f"{kib:.1f} KiB", kib <= limit)
    share = figures.ratio("connect", "memory", "connects", to="bare")
    goal("8. handshakes beside bare Jetty", "at least 0.5 ×", f"{share:.2f} ×", share >= 0.5)
    pairs = [with_it["echo_us"]["p99"] / without["echo_us"]["p99"] for without, with_it in
             zip(figures.of("stalled", stalled=0), figures.of("stalled", stalled=1))]
    median = statistics.median(pairs)
    goal("9. one stalled reader: others' p99", "at most 1.5 ×", f"{median:.2f} ×", median <= 1.5)
    costs = statistics.median(with_it["heap"] - without["heap"] for without, with_it in
                              zip(figures.of("stalled", stalled=0), figures.of("stalled", stalled=1)))
    goal("9. one stalled reader: heap", "at most 256 KiB", f"{costs / 1024:.0f} KiB",
         costs <= 256 * 1024)
    log = [cells(line) for line in figures.of("log")[0]["lines"]]
    for in_flight in ("1", "100"):
        worst = max(float(row[4]) for row in log if row[0] == in_flight)
        goal(f"10. durable publishes, {in_flight} in flight, beside bare SQLite", "at most 1.5 ×",
             f"{worst:.2f} ×", worst <= 1.5)
    replay = statistics.median(
        float(row[2].split()[0].replace(",", "")) for row in log if row[0] == "replay")
    goal("11. replay to one client", "at least 200,000/s", f"{replay:,.0f}/s", replay >= 200_000)
    starts = statistics.median(f["seconds"] for f in figures.of("start"))
    goal("12. start", "under 1.5 s", f"{starts:.2f} s", starts < 1.5)
    jar = figures.of("jar")[0]["bytes"] / 2**20
    goal("13. runnable jar", "under 32 MiB", f"{jar:.0f} MiB", jar < 32)
    return table(["Goal", "", "measured", "reached"], rows)


def keeping(lines):
    """The table of publishes as it was printed, and the replays in one line."""
    replays = [cells(line)[2] for line in lines if cells(line)[0] == "replay"]
    return ["\n".join(line for line in lines if cells(line)[0] != "replay"),
            "100,000 messages to one client, server and client in one process: " + ", ".join(replays)
            + "."]


def soundness(figures):
    wrong = [f"{f['kind']} {f.get('server', '')}: {key} {f[key]}"
             for f in figures.all for key in WRONG if f.get(key)]
    if wrong:
        return "**Not sound**: " + "; ".join(wrong) + "."
    return "No delivery was missing, doubled, out of order or in the wrong room, in any run."


def write(page, measured):
    figures = Figures(measured)
    about = figures.of("machine")[0]
    count = max(f.get("round", 0) for f in figures.of("w1"))
    text = page.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    parts = [
        f"Measured on {about['date']}, commit `{about['commit']}`. {about['machine']}. "
        f"Medians of {count} rounds, and in brackets the least and the most.",
        gathering(figures), paced(figures), connections(figures), stalled(figures),
        soundness(figures),
        "### Against the goals", goals(figures),
        "### Keeping, and reading on", *keeping(figures.of("log")[0]["lines"]),
    ]
    page.write_text(before + BEGIN + "\n\n" + "\n\n".join(parts) + "\n\n" + END + after)
