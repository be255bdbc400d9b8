//! The bench: what the engine costs beside hand-written SQL on the same database, in one run. Nothing here ships, and
//! no test asserts a speed; the numbers go to `bench/RESULTS.md`.

pub mod cases;
pub mod dataset;
pub mod http;
pub mod meter;
pub mod orgs;
pub mod raw;
pub mod report;
pub mod run;
pub mod size;
pub mod world;
