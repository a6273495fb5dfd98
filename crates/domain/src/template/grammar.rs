//! Walks the syntax tree of a template: which names it uses, and what it must not do.

use std::ops::Range;

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Stmt};
use minijinja::value::ValueKind;

use super::environment::{FILTERS, TESTS};
use super::filters::{Language, format_day};
use super::suggest::nearest;

/// A name that the template looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameUse {
    /// `first_name`, or `attributes.plan`.
    pub name: String,
    /// Bytes in the long form.
    pub range: Range<usize>,
    /// Whether the template says what to do when it is missing.
    pub has_default: bool,
}

/// Something that a template must not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub range: Range<usize>,
    pub code: &'static str,
    pub message: String,
    pub suggestion: Option<String>,
}

/// What was found in one template.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub names: Vec<NameUse>,
    /// Where text stands that is written as it is.
    pub literals: Vec<Range<usize>>,
    pub violations: Vec<Violation>,
}

/// Walks a parsed template. `source` is the text that it was parsed from.
pub(crate) fn inspect(source: &str, tree: &Stmt<'_>) -> Findings {
    let mut walker = Walker { source, found: Findings::default(), scopes: Vec::new(), defaulted: 0 };
    walker.stmt(tree);
    walker.found.names.sort_by_key(|used| used.range.start);
    walker.found.violations.sort_by_key(|one| one.range.start);
    walker.found
}

struct Walker<'s> {
    source: &'s str,
    found: Findings,
    /// Names that loops brought in.
    scopes: Vec<Vec<String>>,
    /// Depth of `default` filters and conditions around the expression.
    defaulted: usize,
}

fn bytes(span: minijinja::machinery::Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

impl Walker<'_> {
    fn stmt(&mut self, stmt: &Stmt<'_>) {
        match stmt {
            Stmt::Template(template) => self.stmts(&template.children),
            Stmt::EmitRaw(text) => {
                // The span would count what `{%-` trims away.
                let start = (text.raw.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
                self.found.literals.push(start..start.wrapping_add(text.raw.len()));
            }
            Stmt::EmitExpr(emit) => self.expr(&emit.expr),
            Stmt::IfCond(cond) => {
                self.with_default(|walker| walker.expr(&cond.expr));
                self.stmts(&cond.true_body);
                self.stmts(&cond.false_body);
            }
            Stmt::ForLoop(each) => {
                self.expr(&each.iter);
                let mut names = vec!["loop".to_owned()];
                collect_targets(&each.target, &mut names);
                self.scopes.push(names);
                if let Some(filter) = &each.filter_expr {
                    self.expr(filter);
                }
                self.stmts(&each.body);
                self.scopes.pop();
                self.stmts(&each.else_body);
                if each.recursive {
                    self.refuse(bytes(each.span()), "Loops cannot call themselves in a message.");
                }
            }
            Stmt::WithBlock(block) => self.refuse_tag(bytes(block.span()), "with"),
            Stmt::Set(set) => self.refuse_tag(bytes(set.span()), "set"),
            Stmt::SetBlock(set) => self.refuse_tag(bytes(set.span()), "set"),
            Stmt::AutoEscape(block) => self.refuse_tag(bytes(block.span()), "autoescape"),
            Stmt::FilterBlock(block) => self.refuse_tag(bytes(block.span()), "filter"),
            Stmt::Do(call) => self.refuse_tag(bytes(call.span()), "do"),
        }
    }

    fn stmts(&mut self, stmts: &[Stmt<'_>]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn expr(&mut self, expr: &Expr<'_>) {
        match expr {
            Expr::Const(_) => {}
            Expr::Var(var) => self.name(var.id.to_owned(), bytes(var.span())),
            Expr::UnaryOp(op) => self.expr(&op.expr),
            Expr::BinOp(op) => self.bin_op(op.op, &op.left, &op.right, bytes(op.span())),
            Expr::Compare(compare) => {
                self.expr(&compare.expr);
                compare.ops.iter().for_each(|op| self.expr(&op.expr));
            }
            Expr::IfExpr(choice) => {
                self.with_default(|walker| walker.expr(&choice.test_expr));
                self.expr(&choice.true_expr);
                choice.false_expr.iter().for_each(|expr| self.expr(expr));
            }
            Expr::Filter(filter) => {
                self.filter(filter.name, filter.expr.as_ref(), &filter.args, bytes(filter.span()));
            }
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    let range = self.locate(test.name, bytes(test.expr.span()).end, bytes(test.span()).end);
                    self.unknown("unknown_test", "test", test.name, range, &TESTS);
                }
                self.with_default(|walker| walker.expr(&test.expr));
                self.args(&test.args);
            }
            Expr::GetAttr(attr) => self.attribute(&attr.expr, attr.name, bytes(attr.span())),
            Expr::GetItem(item) => match &item.subscript_expr {
                Expr::Const(key) if key.value.as_str().is_some() => {
                    self.attribute(&item.expr, key.value.as_str().unwrap_or_default(), bytes(item.span()));
                }
                subscript => {
                    self.expr(&item.expr);
                    self.expr(subscript);
                }
            },
            Expr::Slice(slice) => {
                self.expr(&slice.expr);
                [&slice.start, &slice.stop, &slice.step].into_iter().flatten().for_each(|expr| self.expr(expr));
            }
            Expr::Call(call) => self.call(&call.expr, bytes(call.span())),
            Expr::List(list) => list.items.iter().for_each(|item| self.expr(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expr(item)),
            Expr::Map(map) => {
                self.refuse(bytes(map.span()), "Messages have no maps; write the name of a field between the braces.")
            }
        }
    }

    fn name(&mut self, name: String, range: Range<usize>) {
        if self.scopes.iter().flatten().any(|known| *known == name) {
            return;
        }
        let has_default = self.defaulted > 0;
        self.found.names.push(NameUse { name, range, has_default });
    }

    /// `attributes.plan` is a field of the customer; a part of anything else does not exist.
    fn attribute(&mut self, of: &Expr<'_>, name: &str, range: Range<usize>) {
        match of {
            Expr::Var(var) if var.id == "attributes" => self.name(format!("attributes.{name}"), range),
            Expr::Var(var) if self.scopes.iter().flatten().any(|known| known == var.id) => {}
            Expr::Var(var) => self.found.names.push(NameUse {
                name: format!("{}.{name}", var.id),
                range,
                has_default: self.defaulted > 0,
            }),
            other => self.expr(other),
        }
    }

    fn filter(&mut self, name: &str, of: Option<&Expr<'_>>, args: &[CallArg<'_>], range: Range<usize>) {
        let after = of.map_or(range.start, |expr| bytes(expr.span()).end);
        if !FILTERS.contains(&name) {
            let at = self.locate(name, after, range.end);
            self.unknown("unknown_filter", "filter", name, at, &FILTERS);
        }
        if name == "date"
            && let Some(CallArg::Pos(Expr::Const(pattern))) = args.first()
            && let Some(pattern) = pattern.value.as_str()
            && !matches!(pattern, "long" | "short" | "iso")
            && format_day(pattern, jiff::civil::date(2024, 6, 30), Language::English).is_none()
        {
            let at = self.locate(name, after, range.end);
            self.violation(
                at,
                "bad_argument",
                format!(
                    "“{pattern}” is no date format. Use \"long\", \"short\", \"iso\" or a pattern such as \"%d.%m.%Y\"."
                ),
            );
        }
        if let Some(expr) = of {
            if matches!(name, "default" | "d") {
                self.with_default(|walker| walker.expr(expr));
            } else {
                self.expr(expr);
            }
        }
        self.args(args);
    }

    fn args(&mut self, args: &[CallArg<'_>]) {
        for arg in args {
            match arg {
                CallArg::Pos(expr) | CallArg::Kwarg(_, expr) | CallArg::PosSplat(expr) | CallArg::KwargSplat(expr) => {
                    self.expr(expr)
                }
            }
        }
    }

    /// Multiplying a text repeats it, and fuel does not see that: one factor has to be a number in plain sight.
    fn bin_op(&mut self, op: BinOpKind, left: &Expr<'_>, right: &Expr<'_>, range: Range<usize>) {
        let small = |expr: &Expr<'_>| match expr {
            Expr::Const(value) => {
                value.value.kind() == ValueKind::Number
                    && f64::try_from(value.value.clone()).is_ok_and(|number| number.abs() <= 1000.0)
            }
            _ => false,
        };
        let grows = |expr: &Expr<'_>| matches!(expr, Expr::BinOp(_) | Expr::List(_) | Expr::Tuple(_));
        let bounded = (small(left) && !grows(right)) || (small(right) && !grows(left));
        match op {
            BinOpKind::Mul if !bounded => {
                self.refuse(range, "Multiply a field by a number up to 1000, such as account_balance * 0.1.");
            }
            BinOpKind::Pow => self.refuse(range, "Powers are not available in messages."),
            _ => {}
        }
        self.expr(left);
        self.expr(right);
    }

    fn call(&mut self, callee: &Expr<'_>, range: Range<usize>) {
        let (name, at) = match callee {
            Expr::Var(var) => (var.id, bytes(var.span())),
            Expr::GetAttr(attr) => (attr.name, bytes(attr.span())),
            _ => ("this", range),
        };
        let known = FILTERS.contains(&name);
        let message = if known {
            format!("“{name}” is a filter: write it after the field, as in field | {name}.")
        } else {
            format!("There is no function “{name}” in messages.")
        };
        self.violation(at, "unknown_function", message);
    }

    fn with_default(&mut self, walk: impl FnOnce(&mut Self)) {
        self.defaulted += 1;
        walk(self);
        self.defaulted -= 1;
    }

    /// Where a word is written between two offsets.
    fn locate(&self, word: &str, from: usize, to: usize) -> Range<usize> {
        let to = to.min(self.source.len());
        let from = from.min(to);
        match self.source.get(from..to).and_then(|text| text.find(word)) {
            Some(found) => from + found..from + found + word.len(),
            None => from..to,
        }
    }

    fn unknown(&mut self, code: &'static str, what: &str, name: &str, range: Range<usize>, known: &[&'static str]) {
        let suggestion = nearest(name, known.iter().copied()).map(str::to_owned);
        let message = match &suggestion {
            Some(near) => format!("There is no {what} “{name}”. Did you mean “{near}”?"),
            None => format!("There is no {what} “{name}”."),
        };
        self.found.violations.push(Violation { range, code, message, suggestion });
    }

    fn refuse_tag(&mut self, range: Range<usize>, tag: &str) {
        self.refuse(range, &format!("{{% {tag} %}} is not available in messages."));
    }

    fn refuse(&mut self, range: Range<usize>, message: &str) {
        self.violation(range, "not_allowed", message.to_owned());
    }

    fn violation(&mut self, range: Range<usize>, code: &'static str, message: String) {
        self.found.violations.push(Violation { range, code, message, suggestion: None });
    }
}

fn collect_targets(target: &Expr<'_>, names: &mut Vec<String>) {
    match target {
        Expr::Var(var) => names.push(var.id.to_owned()),
        Expr::List(list) => list.items.iter().for_each(|item| collect_targets(item, names)),
        Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| collect_targets(item, names)),
        _ => {}
    }
}
