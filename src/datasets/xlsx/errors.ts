/** A workbook whose parts are not as they should be. */
export class WorkbookError extends Error {}
