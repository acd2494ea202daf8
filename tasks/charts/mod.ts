/**
 * The charts, for notebooks and reports alike: pure functions from rows to a {@link Figure}, which shows
 * itself in Jupyter as the last value of a cell.
 */
export { breakEvenChart, type BreakEvenRow } from "./break_even.ts";
export { cacheMap, type CacheMapCell, cacheMapCells } from "./cache_map.ts";
export { type CacheSecond, cacheStates } from "./cache_states.ts";
export { type ComparedRatio, comparedRatios } from "./compared_ratios.ts";
export {
  type Column,
  type DataTable,
  type Figure,
  figure,
  type FigureParts,
  type LegendItem,
} from "./figure.ts";
export { type HeatmapBin, latencyHeatmap } from "./heatmap.ts";
export { type HistogramBin, latencyHistogram } from "./histogram.ts";
export { historyTrend } from "./history_trend.ts";
export { latencyByQuantile, type QuantilePoint } from "./latency_by_quantile.ts";
export type {
  AnswerBin,
  LagPoint,
  MigrationRun,
  PathSecond,
  SegmentSpan,
  StepSpan,
  SwitchSpan,
} from "./migration_rows.ts";
export { migrationTimeline } from "./migration_timeline.ts";
export { operationDots, type OperationQuantiles } from "./operation_dots.ts";
export { overTime, type SecondPoint } from "./over_time.ts";
export type { SeriesStyle } from "./palette.ts";
export { type PredictedStall, predictedStalls } from "./predicted_stalls.ts";
export { type ProbeBin, type ProbeMarks, probeTimeline } from "./probe_timeline.ts";
export { ratioChart, type RatioRow } from "./ratios.ts";
export { rowsTable } from "./rows_table.ts";
export { samplePanels, type SampleRow } from "./sample_panels.ts";
export { type SamplePoint, sampleSeries } from "./sample_series.ts";
export { bySegment } from "./segments.ts";
export { shiftPlot, type ShiftPoint } from "./shift_plot.ts";
export { type WaitingCount, waitingSessions, type WaitSpan } from "./waiting_sessions.ts";
