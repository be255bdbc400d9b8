//! The page kit: what every page promises, whatever it shows.

mod assets;
mod contrast;
mod css;
mod escape;
mod html;
mod pages;
