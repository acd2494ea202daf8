import { counter, gauge, type Panel } from "../../model/metric.ts";
import type { SampleSource } from "../source.ts";

const cpu = (series: string): { panel: Panel } => ({ panel: { title: "Host CPU", series } });
const process = ["process"];

/** This machine, from /proc; without one, as on macOS, less of it. */
export const HOST: SampleSource = {
  name: "host",
  title: "The host",
  needs: { the: "machine" },
  periodMs: 1000,
  metrics: [
    gauge("cpu_user", "share", "time of all cores in programs' own code", cpu("user")),
    gauge("cpu_system", "share", "the same in the kernel, interrupts included", cpu("system")),
    gauge("cpu_iowait", "share", "the same idle while something waited for a disk", cpu("I/O wait")),
    gauge("cpu_steal", "share", "the same taken by neighbours of this virtual machine", cpu("steal")),
    gauge("cpu_others", "share", "the same used by processes that are none of Benchbook's or its services"),
    counter("pressure_cpu_some", "share", "time in which some task waited for a CPU", {
      panel: { title: "Waiting for a CPU", series: "some" },
    }),
    counter("pressure_io_some", "share", "time in which some task waited for a disk", {
      panel: { title: "Waiting for a disk", series: "some", unlessZero: true },
    }),
    counter("pressure_io_full", "share", "time in which all tasks waited for a disk", {
      panel: { title: "Waiting for a disk", series: "all", unlessZero: true },
    }),
    counter("pressure_memory_some", "share", "time in which some task waited for memory", {
      panel: { title: "Waiting for memory", series: "some", unlessZero: true },
    }),
    counter("pressure_memory_full", "share", "time in which all tasks waited for memory", {
      panel: { title: "Waiting for memory", series: "all", unlessZero: true },
    }),
    counter("process_cpu_cores", "cores", "CPU time of a service or Benchbook, with its children", {
      labels: process,
      panel: { title: "CPU by process, cores", series: { label: "process" } },
    }),
    gauge("process_memory_bytes", "bytes", "memory of the same, what is shared counted once", {
      labels: process,
    }),
    gauge("process_count", "count", "processes of the same", { labels: process }),
    gauge("memory_used_bytes", "bytes", "memory that programs could not have", {
      panel: { title: "Host memory", series: "used" },
    }),
    gauge("memory_available_bytes", "bytes", "memory that programs could have"),
    gauge("memory_dirty_bytes", "bytes", "memory that waits to be written to disk"),
    gauge("swap_used_bytes", "bytes", "what was swapped out", {
      panel: { title: "Host memory", series: "swapped out", unlessZero: true },
    }),
    counter("disk_read_bytes", "bytes per second", "read from all disks", {
      panel: { title: "Host disks", series: "read", unlessZero: true },
    }),
    counter("disk_written_bytes", "bytes per second", "written to all disks", {
      panel: { title: "Host disks", series: "written", unlessZero: true },
    }),
    counter("disk_busy", "share", "time in which a disk had something to do", {
      labels: ["disk"],
      panel: { title: "Disks busy", series: { label: "disk" }, unlessZero: true },
    }),
    gauge("load_1m", "count", "the load average over a minute"),
  ],
  open: async ({ pids }) => new (await import("../host_reader.ts")).HostReader(pids),
};
