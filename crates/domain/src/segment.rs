//! Segments: who is meant.

crate::text_enum! {
    /// How a segment knows its members (SEG-1).
    pub enum SegmentType {
        /// A list picked by hand or imported.
        Static = "static",
        /// Conditions over what customers are, evaluated when used.
        Dynamic = "dynamic",
        /// Conditions over what customers did too.
        Behavioral = "behavioral" | "behavioural",
    }
}
