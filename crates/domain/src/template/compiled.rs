//! Templates ready to render, many times a second.

use std::io;
use std::str::from_utf8;
use std::sync::Arc;

use minijinja::{Environment, Error, ErrorKind, Value};

use super::check::{ContentSource, parse_part};
use super::environment::{environment, template_name};
use super::filters::Language;
use super::problem::{Part, TemplateProblem};
use super::rendered_text::RenderedText;
use super::values::{Context, RecipientValues, StaticVariables};
use super::{FUEL, MAX_OUTPUT_BYTES, SHARED_FROM};

/// Why a message could not be rendered for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// More instructions than allowed.
    #[error("the {part} takes too long to render (more than {FUEL} steps)")]
    TooLong {
        /// The part that was being rendered.
        part: Part,
    },
    /// More text than allowed.
    #[error("the {part} renders to more than {MAX_OUTPUT_BYTES} bytes")]
    TooLarge {
        /// The part that was being rendered.
        part: Part,
    },
    /// A value does not fit what the template does with it.
    #[error("the {part} cannot be rendered, line {line}: {reason}")]
    Value {
        /// The part that was being rendered.
        part: Part,
        /// Line in the source, from 1.
        line: usize,
        /// What went wrong, in words.
        reason: String,
    },
}

/// One part of a message, compiled.
#[derive(Debug)]
pub struct CompiledTemplate {
    part: Part,
    env: Environment<'static>,
    /// What is long and the same for everybody, with its place in the source, in order.
    shared: Vec<(usize, Arc<str>)>,
}

impl CompiledTemplate {
    /// Compiles what a person typed. Unknown names are no mistake here: they render as nothing.
    ///
    /// # Errors
    /// The problems that make the template unusable, each with its place in `typed`.
    pub fn compile(typed: &str, part: Part, language: Language) -> Result<Self, Vec<TemplateProblem>> {
        let parsed = parse_part(typed, part)?;
        if !parsed.refused.is_empty() {
            return Err(parsed.refused);
        }
        let long = parsed.literals.into_iter().filter(|place| place.len() >= SHARED_FROM);
        let shared = long.filter_map(|place| Some((place.start, parsed.source.get(place)?.into()))).collect();
        let mut env = environment(part, language);
        env.add_template_owned(template_name(part), parsed.source)
            .map_err(|error| vec![super::check::engine_problem(typed, part, &error)])?;
        Ok(Self { part, env, shared })
    }

    /// Renders for one recipient. Subjects and preheaders come out on one line.
    ///
    /// # Errors
    /// When a value does not fit, or a limit is reached.
    pub fn render(&self, values: &Arc<RecipientValues>, statics: &Arc<StaticVariables>) -> Result<String, RenderError> {
        self.render_with(&Value::from_object(Context { values: values.clone(), statics: statics.clone() }))
    }

    fn render_with(&self, context: &Value) -> Result<String, RenderError> {
        let text = String::from(self.compose(context)?);
        Ok(match self.part {
            Part::Subject | Part::Preheader => one_line(text),
            Part::Text | Part::Html => text,
        })
    }

    fn compose(&self, context: &Value) -> Result<RenderedText, RenderError> {
        let template = self.env.get_template(template_name(self.part)).map_err(|error| self.explain(&error))?;
        let source = template.source().as_ptr() as usize;
        let mut out = Composer { source, shared: &self.shared, text: RenderedText::default(), room: MAX_OUTPUT_BYTES };
        template.render_captured_to(context.clone(), &mut out).map_err(|error| self.explain(&error))?;
        Ok(out.text)
    }

    fn explain(&self, error: &Error) -> RenderError {
        match error.kind() {
            ErrorKind::OutOfFuel => RenderError::TooLong { part: self.part },
            ErrorKind::WriteFailure => RenderError::TooLarge { part: self.part },
            _ => RenderError::Value {
                part: self.part,
                line: error.line().unwrap_or(1),
                reason: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
            },
        }
    }
}

/// A line break in a subject would begin a new header.
fn one_line(text: String) -> String {
    if !text.contains(['\r', '\n', '\0']) {
        return text;
    }
    text.split(['\r', '\n', '\0']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Puts together what the engine writes, no more than there is room for. The engine writes what stands in the source
/// from where it stands there, which is how it is known again.
struct Composer<'t> {
    /// Where the source begins.
    source: usize,
    shared: &'t [(usize, Arc<str>)],
    text: RenderedText,
    /// Bytes.
    room: usize,
}

impl Composer<'_> {
    fn shared(&self, written: &[u8]) -> Option<&Arc<str>> {
        let place = (written.as_ptr() as usize).wrapping_sub(self.source);
        let found = self.shared.binary_search_by_key(&place, |(start, _)| *start).ok()?;
        Some(&self.shared.get(found)?.1).filter(|text| text.len() == written.len())
    }
}

impl io::Write for Composer<'_> {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        let Some(room) = self.room.checked_sub(written.len()) else {
            return Err(io::Error::other("the message is too large"));
        };
        self.room = room;
        match self.shared(written).cloned() {
            Some(text) => self.text.push_shared(text),
            None => self.text.push(from_utf8(written).map_err(io::Error::other)?),
        }
        Ok(written.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A message as it goes out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    /// Subject of a mail or title of a push notification.
    pub subject: Option<String>,
    /// Preview line of a mail.
    pub preheader: Option<String>,
    /// Text body.
    pub text: Option<String>,
    /// HTML body.
    #[schema(value_type = Option<String>)]
    pub html: Option<RenderedText>,
}

/// All parts of one creative, compiled, with its static variables.
#[derive(Debug)]
pub struct CompiledContent {
    subject: Option<CompiledTemplate>,
    preheader: Option<CompiledTemplate>,
    text: Option<CompiledTemplate>,
    html: Option<CompiledTemplate>,
    statics: Arc<StaticVariables>,
}

impl CompiledContent {
    /// Compiles every part that is there; empty parts are left out.
    ///
    /// # Errors
    /// The problems of all parts together.
    pub fn compile(
        source: &ContentSource,
        locale: &str,
        statics: StaticVariables,
    ) -> Result<Self, Vec<TemplateProblem>> {
        let language = Language::of_locale(locale);
        let mut problems = Vec::new();
        let mut compile = |typed: &Option<String>, part| {
            let typed = typed.as_deref().filter(|typed| !typed.is_empty())?;
            CompiledTemplate::compile(typed, part, language).map_err(|found| problems.extend(found)).ok()
        };
        let content = Self {
            subject: compile(&source.subject, Part::Subject),
            preheader: compile(&source.preheader, Part::Preheader),
            text: compile(&source.text, Part::Text),
            html: compile(&source.html, Part::Html),
            statics: Arc::new(statics),
        };
        if problems.is_empty() { Ok(content) } else { Err(problems) }
    }

    /// Renders every part for one recipient.
    ///
    /// # Errors
    /// The first part that cannot be rendered.
    pub fn render(&self, values: &Arc<RecipientValues>) -> Result<Rendered, RenderError> {
        let context = Value::from_object(Context { values: values.clone(), statics: self.statics.clone() });
        let render = |part: &Option<CompiledTemplate>| part.as_ref().map(|part| part.render_with(&context)).transpose();
        let html = self.html.as_ref().map(|html| html.compose(&context)).transpose();
        Ok(Rendered {
            subject: render(&self.subject)?,
            preheader: render(&self.preheader)?,
            text: render(&self.text)?,
            html: html?,
        })
    }
}
