//! The surface against a real org: raw requests for exact shapes, and jsforce as the judge.

mod access;
mod bulk_async;
mod bulk_ingest;
mod bulk_query;
mod collections;
mod composite;
mod describe;
mod external;
mod files;
mod jsforce;
mod queries;
mod records;
mod service;
mod sign_in;
mod world;
