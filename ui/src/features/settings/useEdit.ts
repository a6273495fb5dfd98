import { useState } from "react";
import { type ApiError, toApiError } from "../../shared/api";

/** Values of a form beside what the server has: dirty, saving, errors by field. */
export function useEdit<T extends object>(saved: T) {
  const [changes, setChanges] = useState<Partial<T>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const values = { ...saved, ...changes };
  const set = (change: Partial<T>) => setChanges((before) => ({ ...before, ...change }));
  const save = async (act: (values: T) => Promise<unknown>) => {
    setBusy(true);
    setErrors({});
    setError(undefined);
    try {
      await act(values);
      setChanges({});
      return true;
    } catch (cause) {
      const problem = toApiError(cause);
      setErrors(problem.fieldErrors());
      if (problem.details.length === 0) setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const undo = () => {
    setChanges({});
    setErrors({});
    setError(undefined);
  };
  const isDirty = Object.keys(changes).some(
    (key) => JSON.stringify(changes[key as keyof T]) !== JSON.stringify(saved[key as keyof T]),
  );
  return { values, set, errors, error, busy, save, undo, isDirty };
}
