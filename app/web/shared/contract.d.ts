/** The module that app/routes/assets.py writes from app/contract.py; tests/test_web.py compares the two. */

export const IMAGE_SIDE: number;
export const FIT_POINTS_MOST: number;
export const FIT_SPACE_MOST: number;
export const UPLOAD_BYTES_MOST: number;
export const UPLOAD_TYPES: string[];
export const NEAREST_MOST: number;
export const SHEET_MOST: number;
export const WALK_STOPS_MOST: number;
export const RUN_TITLE_MOST: number;
export const AXIS_NAME_MOST: number;
export const RUN_STATE: { QUEUED: string; RUNNING: string; MEASURING: string; FINISHED: string; STOPPED: string; FAILED: string; INTERRUPTED: string };
