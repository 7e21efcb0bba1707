"""A line of what wsload says: round, server, load, and the figures, tabs between them."""

import json
import sys

said = json.load(sys.stdin)
row = sys.argv[1:]
if said["mode"] == "fanout":
    wrong = {
        key: said[key]
        for key in ("missing", "duplicated", "out_of_order", "misrouted", "failed",
                    "closed_early", "protocol_errors")
        if said[key]
    }
    row += [
        f"{said['deliveries_per_s'] / 1000:.0f} k/s",
        f"{said['server_cpu_us_per_delivery']:.2f} us",
        f"echo p50 {said['echo_us']['p50'] / 1000:.2f} ms",
        f"p99 {said['echo_us']['p99'] / 1000:.1f} ms",
        f"frames a read {said['frames_per_read']:.1f}",
        str(wrong) if wrong else "sound",
    ]
else:
    row += [f"{key} {said.get(key)}" for key in
            ("connects_per_s", "server_cpu_us_per_connect", "rss_kb_per_conn", "complete")]
print("\t".join(row))
