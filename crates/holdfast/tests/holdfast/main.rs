//! The program from outside: its parts against a real store, and the built binary itself.

mod bench_http;
mod bounces;
mod connect_docs;
mod connected;
mod demo_load;
mod demo_pages;
mod demo_process;
mod import_and_serve;
mod import_into_org;
mod keys;
mod mail_transport;
mod program;
mod root_key;
mod sealed_renderer;
mod serve_process;
mod sf;
mod simple_salesforce;
mod singer;
mod tls;
mod web_server;
mod webhook_docs;
mod webhook_transport;
mod worker;
mod world;
