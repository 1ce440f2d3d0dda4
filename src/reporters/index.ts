export { balanceDocument, modelsDocument, renderBalance, renderModels } from './account.ts';
export { renderAnalysis } from './analysis.ts';
export { renderAnalysisMarkdown } from './analysis-markdown.ts';
export { renderCacheStats } from './cache.ts';
export { cheapestSentences as renderCheapest } from './cheapest-words.ts';
export { renderComparison } from './compare.ts';
export { renderAnnotations } from './compare-annotations.ts';
export { renderJunit } from './compare-junit.ts';
export { renderCompareComment, renderCompareMarkdown } from './compare-markdown.ts';
export { renderSarif } from './compare-sarif.ts';
export { remedyLines, renderErrors } from './errors.ts';
export {
  renderBatchChoice,
  renderEstimate,
  renderEstimateLines,
  renderJudgesLine,
  renderVerdicts,
} from './estimate.ts';
export { findings as renderFindings } from './findings.ts';
export { renderGates } from './gates.ts';
export { renderKept, renderOutcome } from './outcome.ts';
export { renderPreview } from './preview.ts';
export { createProgress } from './progress.ts';
export { renderRunAnnotations } from './run-annotations.ts';
export { renderRunCase } from './run-junit.ts';
export { renderRunLine, renderRunView } from './run-view.ts';
export { renderShownRows } from './shown-rows.ts';
export { renderStopped } from './stopped.ts';
export { renderTrust } from './terminal.ts';
export { renderUseless } from './unscored.ts';
export { renderWorker } from './worker.ts';
