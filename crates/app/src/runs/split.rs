//! Who gets which variant of a run: a sample of the audience, while the rest waits for the winner; or everybody, where no
//! winner is waited for.

use muster_db::campaign_state::{CampaignState, VariantRow};
use muster_db::run_tests::{self, NewTest, TestVariant};
use muster_db::{Tx, audience, campaign_parts};
use muster_domain::experiment::sample_size;
use uuid::Uuid;

use crate::campaigns::TestConfig;
use crate::{AppError, AppResult, Ctx};

/// How the recipients of a run are parted.
pub(super) struct Split {
    salt: i64,
    /// Variant numbers and percents; none: the campaign has no variants.
    weights: Vec<(i64, i64)>,
    test: Option<(TestConfig, Vec<TestVariant>)>,
}

impl Split {
    /// Of a run for the whole audience: a test of its own. A winner that was declared before anything was tested goes to
    /// everybody.
    pub async fn of_audience(
        tx: &mut Tx,
        ctx: &Ctx,
        campaign: &CampaignState,
        variants: &[VariantRow],
    ) -> AppResult<Self> {
        let split = Self::of_named(campaign.id, variants);
        let is_declared = variants.iter().any(|v| v.is_winner);
        if variants.is_empty() || is_declared && !run_tests::was_tested(tx, ctx.ws, campaign.id).await? {
            return Ok(split);
        }
        campaign_parts::no_winner(tx, ctx.ws, campaign.id).await?;
        let config = campaign.ab_test_config.as_ref().map(|config| config.0.clone()).unwrap_or_default();
        let config: TestConfig = serde_json::from_value(config).map_err(AppError::internal)?;
        let fixed = |v: &VariantRow| TestVariant {
            variant_no: v.variant_no,
            variant_id: v.variant_id.clone(),
            name: v.name.clone(),
            weight: v.weight,
        };
        let test = Some((config, variants.iter().map(fixed).collect()));
        Ok(Self { weights: weights(variants), test, ..split })
    }

    /// Of people who are named: the winner, or a variant by weight; nobody waits.
    pub fn of_named(campaign: Uuid, variants: &[VariantRow]) -> Self {
        let winner = variants.iter().find(|v| v.is_winner);
        let weights = winner.map_or_else(|| weights(variants), |winner| vec![(winner.variant_no, 100)]);
        Self { salt: salt(campaign), weights, test: None }
    }

    /// The number of the first recipient to write, until [`Self::apply`] has numbered them all.
    pub fn first_seq(&self) -> i64 {
        if self.sample_percent() < 100 { audience::PROVISIONAL + 1 } else { 1 }
    }

    /// Gives out the variants, and begins the test, once the messages for so many people are written.
    pub async fn apply(&self, tx: &mut Tx, ctx: &Ctx, run: i64, people: i64, messages: i64) -> AppResult<()> {
        let ws = ctx.ws;
        let last = if self.sample_percent() < 100 && messages > 0 {
            let sample = sample_size(people, self.sample_percent());
            audience::put_sample_first(tx, ws, run, sample, self.salt).await?
        } else {
            messages
        };
        audience::assign_variants(tx, ws, run, last, &self.weights, self.salt).await?;
        let Some((config, variants)) = self.test.as_ref().filter(|_| messages > 0) else { return Ok(()) };
        let test = NewTest {
            criteria: config.winner_criteria,
            duration_hours: config.test_duration_hours,
            sample_percent: config.test_sample_percent,
            variants,
            held_from: (last < messages).then_some(last + 1),
        };
        Ok(run_tests::begin(tx, ws, run, &test).await?)
    }

    fn sample_percent(&self) -> i64 {
        self.test.as_ref().map_or(100, |(config, _)| config.test_sample_percent)
    }
}

fn weights(variants: &[VariantRow]) -> Vec<(i64, i64)> {
    variants.iter().map(|v| (v.variant_no, v.weight)).collect()
}

/// What makes the choice of the control group, samples and variants different from campaign to campaign, and the same for one.
pub(crate) fn salt(campaign: Uuid) -> i64 {
    i64::try_from(campaign.as_u128() % 2_147_483_647).unwrap_or(0)
}
