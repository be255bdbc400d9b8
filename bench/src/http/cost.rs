//! What another process has used since a moment.

use crate::meter::process_cpu_ns;
use std::fs;

pub(super) struct ServerCost {
    process: u32,
    cpu_before: u64,
}

impl ServerCost {
    pub(super) fn begin(process: u32) -> Self {
        // Where the kernel refuses, the peak is that of the whole run, which is more and never less.
        let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
        Self { process, cpu_before: process_cpu_ns(process).unwrap_or(0) }
    }

    pub(super) fn cpu_ns(&self) -> u64 {
        process_cpu_ns(self.process).unwrap_or(0).saturating_sub(self.cpu_before)
    }

    pub(super) fn peak_kb(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|text| text.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
    }
}
