export { DataTable } from "./DataTable";
export { FilterMenu } from "./FilterMenu";
export { SelectionBar } from "./SelectionBar";
export { Chip, Toolbar } from "./Toolbar";
export type { Column, DataTableProps, Sort } from "./types";
export { useFilters } from "./useFilters";
