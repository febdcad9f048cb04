//! The house keeps its shape: who depends on whom, and that everybody lives under the same lints.

mod arrows;
mod lints;
mod workspace;
