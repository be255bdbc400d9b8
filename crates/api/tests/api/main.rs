//! The surface against a real org: raw requests for exact shapes, and jsforce as the judge.

mod access;
mod changes;
mod collections;
mod composite;
mod conditions;
mod contract;
mod describe;
mod docs;
mod external;
mod files;
mod jsforce;
mod pages;
mod passwords;
mod queries;
mod records;
mod relations;
mod repeated;
mod search;
mod service;
mod sign_in;
mod transport;
mod uploads;
mod whole;
mod world;
