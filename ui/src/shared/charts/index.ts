export { type Bar, Bars } from "./Bars";
export { type Band, LineChart, type Series } from "./LineChart";
export { ProgressBar, type Segment, type Tone } from "./ProgressBar";
export { Sparkline } from "./Sparkline";
