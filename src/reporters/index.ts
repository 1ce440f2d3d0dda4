export { balanceDocument, modelsDocument, renderBalance, renderModels } from './account.ts';
export { renderAnalysis } from './analysis.ts';
export { renderAnalysisMarkdown } from './analysis-markdown.ts';
export { renderCacheStats } from './cache.ts';
export { renderEstimate, renderEstimateLine, renderVerdicts } from './estimate.ts';
export { renderPreview } from './preview.ts';
export { createProgress } from './progress.ts';
export { renderStopped } from './stopped.ts';
export { renderSummary, renderTotals, renderTrust } from './terminal.ts';
