//! Rendering happens in a sealed, short-lived child process; this is the door to it. What goes through are the
//! requests and answers of `render::worker`, which this crate does not look into.

use model::Result;

/// Makes files and pictures from rows that were already read and judged.
pub trait Renderer: Send + Sync {
    /// Hands one request to a renderer and waits for the answer.
    ///
    /// # Errors
    /// When the renderer fails, runs out of its time or memory, or dies.
    fn render(&self, request: Vec<u8>) -> Result<Vec<u8>>;
}
