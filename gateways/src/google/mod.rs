//! Google: the lead forms in its ads.

pub mod lead_form;
