//! What a condition may say about a field.

crate::text_enum! {
    /// The operators of SEG-2, and two for what customers did.
    pub enum Operator {
        Equals = "equals" | "eq" | "is" | "=",
        NotEquals = "not_equals" | "notEquals" | "neq" | "is_not" | "!=",
        Contains = "contains",
        StartsWith = "starts_with" | "startsWith",
        EndsWith = "ends_with" | "endsWith",
        In = "in",
        NotIn = "not_in" | "notIn",
        LessThan = "less_than" | "lessThan" | "lt" | "<",
        LessOrEqual = "less_or_equal" | "lessOrEqual" | "lte" | "<=",
        GreaterThan = "greater_than" | "greaterThan" | "gt" | ">",
        GreaterOrEqual = "greater_or_equal" | "greaterOrEqual" | "gte" | ">=",
        Between = "between",
        Before = "before",
        After = "after",
        WithinLast = "within_last" | "withinLast",
        NotWithinLast = "not_within_last" | "notWithinLast",
        IsSet = "is_set" | "isSet",
        IsNotSet = "is_not_set" | "isNotSet",
        Did = "did",
        DidNot = "did_not" | "didNot",
    }
}

impl Operator {
    /// Whether the operator stands without a value.
    pub fn takes_no_value(self) -> bool {
        matches!(self, Self::IsSet | Self::IsNotSet)
    }

    /// Whether it is the exact opposite of another operator.
    pub fn is_negated(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotIn | Self::NotWithinLast | Self::DidNot)
    }
}
