//! The house keeps its shape: who depends on whom, that everybody lives under the same lints, and that what is promised
//! by name is there.

mod arrows;
mod lints;
mod nasty_cases;
mod workspace;
