//! Files and pictures are made in a child process of this same binary that lives for one request, has no environment,
//! and gives up what it could misuse before it reads a byte.

mod child;
mod parent;

pub use child::{ROLE, run};
pub use parent::SealedRenderer;
