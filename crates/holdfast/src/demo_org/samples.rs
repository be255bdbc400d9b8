//! Reports, a dashboard and schedules of the demo.
