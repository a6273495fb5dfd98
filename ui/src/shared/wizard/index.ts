export { StepBar, type WizardStep } from "./StepBar";
export { Wizard } from "./Wizard";
