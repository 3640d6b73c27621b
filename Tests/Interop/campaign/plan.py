"""Every fault of the campaign, and how often it is done in the whole campaign and in the short form of `make test`."""

from __future__ import annotations

from collections.abc import Callable

from campaign import clock, configuration, database, disk, network, process
from campaign.harness import Row, Template

# By name: the fault, done so often (and for so long).
WHOLE: dict[str, Callable[[Template], Row]] = {
    "killed": lambda template: process.killed(template, 200),
    "terminated": lambda template: process.terminated(template, 20),
    "out_of_files": lambda template: process.out_of_files(template, 5),
    "overloaded": lambda template: process.overloaded(template, 3, 20),
    "disk_full": lambda template: disk.full(template, 10),
    "disk_read_only": lambda template: disk.read_only(template, 10),
    "disk_slow": lambda template: disk.slow(template, 3, 15),
    "disk_hanging": lambda template: disk.hanging(template, 3),
    "database_removed": lambda template: database.removed(template, 3),
    "database_replaced": lambda template: database.replaced(template, 3),
    "page_overwritten": lambda template: database.overwritten(template, 10),
    "clock_stepped": lambda template: clock.stepped(template, 4),
    "responders_silent": lambda template: network.silent(template, 3),
    "configuration_broken": lambda template: configuration.broken(template, 5),
}

SHORT: dict[str, Callable[[Template], Row]] = {
    "killed": lambda template: process.killed(template, 3),
    "terminated": lambda template: process.terminated(template, 1),
    "out_of_files": lambda template: process.out_of_files(template, 1),
    "overloaded": lambda template: process.overloaded(template, 1, 4),
    "disk_full": lambda template: disk.full(template, 1),
    "disk_read_only": lambda template: disk.read_only(template, 1),
    "disk_slow": lambda template: disk.slow(template, 1, 3),
    "disk_hanging": lambda template: disk.hanging(template, 1),
    "database_removed": lambda template: database.removed(template, 1),
    "database_replaced": lambda template: database.replaced(template, 1),
    "page_overwritten": lambda template: database.overwritten(template, 1),
    "clock_stepped": lambda template: clock.stepped(template, 1),
    "responders_silent": lambda template: network.silent(template, 1),
    "configuration_broken": lambda template: configuration.broken(template, 1),
}
